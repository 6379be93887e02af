import { PLAIN_ENVIRONMENT } from '../core/contract/environment.ts';
import { resolveIsolation, type Isolation } from '../core/contract/isolation.ts';
import { narrowPolicy, resolveLimits, type LimitPolicy, type Limits } from '../core/contract/limits.ts';
import { resolveNetwork, type NetworkGrant } from '../core/contract/network/grant.ts';
import type { Caller } from '../core/contract/caller.ts';
import type { NetworkEntry } from '../core/contract/network/entry.ts';
import { refuseNetwork } from '../core/validation/refuse-network.ts';
import { resolvePolicy, type EffectivePolicy, type OperatorPolicy } from '../core/contract/policy/policy.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { ExecutionPlan } from '../core/plan.ts';
import { hasPackageEnvironments } from '../core/contract/runtimes.ts';
import { viewerOf, type Viewer } from '../core/contract/viewer.ts';
import type { EnvironmentView, ResolvedEnvironment } from '../environments/environments.ts';
import type { ExecuteOptions, StepStarts, Timings } from './executor.ts';

/** One plan on its way through the pipeline. */
export interface ExecutionContext {
  readonly id: string;
  readonly plan: ExecutionPlan;
  readonly limits: Limits;
  /** Ceilings of the operator and of the caller's key. */
  readonly ceilings: Limits;
  /** Weakest way in which its jail may be made. */
  readonly isolation: Isolation;
  /** Undefined when the script's text is not judged. */
  readonly policy: EffectivePolicy | undefined;
  /** Hosts that the script may reach; undefined for none. */
  readonly network: NetworkGrant | undefined;
  /** Packages that the script runs with. */
  readonly packages: ResolvedEnvironment;
  readonly options: ExecuteOptions;
  /** Aborts with the caller's signal, or when the executor stops waiting on shutdown. */
  readonly signal: AbortSignal;
  /**
   * Time of arrival, by `performance.now()`; later by what the caller itself chose to wait, which takes nothing from the
   * usual waits.
   */
  arrival: number;
  readonly timings: { -readonly [K in keyof Timings]: Timings[K] };
  readonly starts: { -readonly [K in keyof StepStarts]: StepStarts[K] };
}

/** Rules and environments of the operator. */
export interface ExecutionRules {
  readonly limitPolicy: LimitPolicy;
  readonly policy: OperatorPolicy;
  /** Way in which jails are made here. */
  readonly isolation: Isolation;
  /** Hosts that scripts may reach at most; empty for none. */
  readonly network: readonly NetworkEntry[];
  readonly environments: { as(viewer: Viewer): Pick<EnvironmentView, 'resolve'> };
}

/** @throws Refusal when the rules forbid the plan; otherwise the reason of the aborted signal. */
export function beginExecution(
  rules: ExecutionRules,
  id: string,
  plan: ExecutionPlan,
  options: ExecuteOptions,
  shutdown: AbortSignal,
): ExecutionContext {
  const limitPolicy = narrowPolicy(rules.limitPolicy, options.caller?.ceilings);
  const resolved = resolveLimits(plan.limits, limitPolicy);
  // The doors check this with a better message; the pipeline does not rely on that.
  if ('excess' in resolved) throw new Refusal('invalid_input', 'A limit is above its ceiling.');
  const policy = forRuntime(resolvePolicy(plan.policy, rules.policy), plan);
  const signal = signalOf(options, shutdown);
  signal.throwIfAborted();
  return {
    id,
    plan,
    limits: resolved.limits,
    ceilings: limitPolicy.ceilings,
    isolation: requireIsolation(rules.isolation, plan, options),
    policy,
    network: resolveWish(rules, plan, options.caller),
    packages: resolvePackages(rules.environments.as(viewerOf(options.caller)), plan),
    options,
    signal,
    arrival: performance.now(),
    timings: { analysis: 0, queue: 0, jail: 0, run: 0, collect: 0 },
    starts: {},
  };
}

/** @throws Refusal when the plan asks for less than the operator or its key. */
function requireIsolation(operator: Isolation, plan: ExecutionPlan, { caller }: ExecuteOptions): Isolation {
  const isolation = resolveIsolation({ operator, key: caller?.isolation, request: plan.isolation });
  if (isolation !== undefined) return isolation;
  throw new Refusal(
    'forbidden',
    `A jail is not made by a ${plan.isolation} here: that is weaker than what the operator wants.`,
    {
      suggestions: ['Leave "isolation" out.'],
    },
  );
}

/** Returns the signal that ends an execution: its caller's, or that of a shutdown. */
export const signalOf = ({ signal }: Pick<ExecuteOptions, 'signal'>, shutdown: AbortSignal): AbortSignal =>
  signal === undefined ? shutdown : AbortSignal.any([signal, shutdown]);

/** @throws Refusal `forbidden` that names what is over the ceiling. */
function resolveWish(
  { network }: Pick<ExecutionRules, 'network'>,
  { network: wish }: ExecutionPlan,
  caller: Caller | undefined,
): NetworkGrant | undefined {
  const ofKey = caller?.network;
  const resolved = resolveNetwork(wish, network, ofKey);
  if ('excess' in resolved) throw refuseNetwork(resolved, network, ofKey);
  return resolved.grant && { ...resolved.grant, owner: caller?.queueKey };
}

/** The policy's rules read Python only: an enforced policy refuses other runtimes, which would bypass it. */
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

/** Resolves the environment of a plan; compiled runtimes have none. */
const resolvePackages = (
  environments: Pick<EnvironmentView, 'resolve'>,
  { runtime, environment }: ExecutionPlan,
): ResolvedEnvironment =>
  hasPackageEnvironments(runtime)
    ? environments.resolve(environment, runtime)
    : { name: PLAIN_ENVIRONMENT, environment: undefined };

/** Returns the key of the caller's queue; requests without a caller share one. */
export const queueKeyOf = ({ caller }: Pick<ExecuteOptions, 'caller'>): string => caller?.queueKey ?? '';
