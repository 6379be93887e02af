import { PLAIN_ENVIRONMENT } from '../core/environment.ts';
import { narrowPolicy, resolveLimits, type LimitPolicy, type Limits } from '../core/limits.ts';
import { resolvePolicy, type EffectivePolicy, type OperatorPolicy } from '../core/policy/policy.ts';
import { Refusal } from '../core/refusal.ts';
import type { ExecutionPlan } from '../core/plan.ts';
import { hasPackageEnvironments } from '../core/runtimes.ts';
import { viewerOf, type Viewer } from '../core/viewer.ts';
import type { EnvironmentView, ResolvedEnvironment } from '../environments/environments.ts';
import type { ExecuteOptions, Timings } from './executor.ts';

/** One plan on its way through the pipeline. */
export interface ExecutionContext {
  readonly id: string;
  readonly plan: ExecutionPlan;
  readonly limits: Limits;
  /** The operator's, and those of the caller's key. */
  readonly ceilings: Limits;
  /** Undefined where the script's text is not judged. */
  readonly policy: EffectivePolicy | undefined;
  /** The packages it runs with. */
  readonly packages: ResolvedEnvironment;
  readonly options: ExecuteOptions;
  /** Aborts with the caller's signal, and when the executor gives up waiting for it at shutdown. */
  readonly signal: AbortSignal;
  /** When it came, by `performance.now()`. */
  readonly arrival: number;
  readonly timings: { -readonly [K in keyof Timings]: Timings[K] };
}

/** What an operator decided on, and has. */
export interface ExecutionRules {
  readonly limitPolicy: LimitPolicy;
  readonly policy: OperatorPolicy;
  readonly environments: { as(viewer: Viewer): Pick<EnvironmentView, 'resolve'> };
}

/** @throws Refusal where the rules do not allow what it asks for, or the signal's reason. */
export function beginExecution(
  rules: ExecutionRules,
  id: string,
  plan: ExecutionPlan,
  options: ExecuteOptions,
  shutdown: AbortSignal,
): ExecutionContext {
  const limitPolicy = narrowPolicy(rules.limitPolicy, options.caller?.ceilings);
  const resolved = resolveLimits(plan.limits, limitPolicy);
  // The doors check this with better words; the pipeline does not rely on it.
  if ('excess' in resolved) throw new Refusal('invalid_input', 'A limit is above its ceiling.');
  const policy = forRuntime(resolvePolicy(plan.policy, rules.policy), plan);
  const signal = options.signal === undefined ? shutdown : AbortSignal.any([options.signal, shutdown]);
  signal.throwIfAborted();
  return {
    id,
    plan,
    limits: resolved.limits,
    ceilings: limitPolicy.ceilings,
    policy,
    packages: findSurroundings(rules.environments.as(viewerOf(options.caller)), plan),
    options,
    signal,
    arrival: performance.now(),
    timings: { analysis: 0, queue: 0, jail: 0, run: 0, collect: 0 },
  };
}

/** The policy's rules know Python: what an operator enforces is not to be gone round by another runtime. */
function forRuntime(
  policy: EffectivePolicy | undefined,
  { runtime, entry }: ExecutionPlan,
): EffectivePolicy | undefined {
  if (runtime === 'python' && entry.kind !== 'command') return policy;
  if (policy?.mode !== 'enforce') return undefined;
  const what = entry.kind !== 'command' ? `runtime "${runtime}"` : 'a shell command';
  throw new Refusal(
    'invalid_input',
    `A policy is enforced here, and it can look at Python only: ${what} cannot be used.`,
    { suggestions: ['Use runtime "python".'] },
  );
}

/** What is compiled has what its language brings itself. */
const findSurroundings = (
  environments: Pick<EnvironmentView, 'resolve'>,
  { runtime, environment }: ExecutionPlan,
): ResolvedEnvironment =>
  hasPackageEnvironments(runtime)
    ? environments.resolve(environment, runtime)
    : { name: PLAIN_ENVIRONMENT, environment: undefined };

/** Whose requests wait in one line; all without a caller share one. */
export const lineOf = ({ caller }: Pick<ExecuteOptions, 'caller'>): string => caller?.line ?? '';
