import { randomUUID } from 'node:crypto';
import type { Analyzer } from '../analysis/analyzer.ts';
import type { Evidence } from '../core/evidence.ts';
import { judgePreflight } from '../core/preflight/judge-preflight.ts';
import { classify } from '../core/verdict/classify.ts';
import { classifyCompilation } from '../core/verdict/classify-compilation.ts';
import { resolveLimits, type LimitPolicy, type Limits } from '../core/limits.ts';
import type { Outcome } from '../core/outcome.ts';
import { resolvePolicy, type EffectivePolicy, type OperatorPolicy } from '../core/policy/policy.ts';
import { Refusal } from '../core/refusal.ts';
import type { ExecuteRequest } from '../core/request.ts';
import { missingMain, violatePolicy } from '../core/verdict/not-started.ts';
import type { Admission, Turn } from '../pool/admission.ts';
import type { PoolCounts } from '../pool/pool.ts';
import { describeHealth } from './describe-health.ts';
import type { OpenRuntime, Runtimes } from '../runtimes/runtimes.ts';
import { JailFailure, type Jail, type Job, type LeaseOptions, type Sandbox } from '../sandbox/sandbox.ts';
import type { EventListener } from './events.ts';
import { judgePolicy } from './judge-policy.ts';
import type { ExecuteOptions, Executor, Timings } from './executor.ts';
import type { Readiness } from './readiness.ts';

export interface ExecutorParts {
  readonly analyzer: Analyzer;
  readonly admission: Admission;
  readonly readiness: Readiness;
  /** What runs scripts of other runtimes than Python. */
  readonly runtimes: Runtimes;
  /** Figures of the pool of warm jails; undefined where there is none. */
  readonly countJails: () => PoolCounts | undefined;
  readonly limitPolicy: LimitPolicy;
  readonly policy: OperatorPolicy;
  readonly version: string;
  /** Whether scripts can import more than the standard library. */
  readonly hasPackages: boolean;
  /** Seconds that running executions get to finish when the executor is closed. */
  readonly shutdownGrace: number;
  readonly onEvent: EventListener;
}

const ENVIRONMENT = 'default';
/** A turn that came at the last moment is not given up for the few milliseconds that a jail takes. */
const LEAST_START_MS = 1000;

/** One request on its way through the pipeline. */
interface Execution {
  readonly id: string;
  readonly request: ExecuteRequest;
  readonly limits: Limits;
  /** Undefined where the script's text is not judged. */
  readonly policy: EffectivePolicy | undefined;
  readonly options: ExecuteOptions;
  /** Aborts with the caller's signal, and when the executor gives up waiting for it at shutdown. */
  readonly signal: AbortSignal;
  /** When the request came, by `performance.now()`. */
  readonly arrival: number;
  readonly timings: { -readonly [K in keyof Timings]: Timings[K] };
}

/** The use case: analysis, admission, lease, run, verdict. Everything it needs is handed to it. */
export function createExecutor(parts: ExecutorParts): Executor {
  const { analyzer, admission, readiness, onEvent } = parts;
  const shutdown = new AbortController();
  /** Jails whose outcome was answered already and that are being taken down. */
  const endings = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;

  const execute = async (request: ExecuteRequest, options: ExecuteOptions = {}): Promise<Outcome> => {
    const id = request.execution_id ?? randomUUID();
    try {
      const outcome = await pipeline(begin(parts, id, request, options, shutdown.signal));
      return outcome;
    } catch (error) {
      throw translate(error, id);
    }
  };

  const pipeline = async (execution: Execution): Promise<Outcome> => {
    const { id, request, limits, timings, signal } = execution;
    const sandbox = requireSandbox(readiness);
    parts.runtimes.requireOffer(request.runtime);
    const program = request.runtime === 'python' ? undefined : await openInTime(execution);
    const analysed = performance.now();
    const analysis = await analyse(analyzer, request, signal);
    const policy = execution.policy && (await judgePolicy(analyzer, request, execution.policy, signal));
    timings.analysis = performance.now() - analysed;
    const context = {
      id,
      runtime: request.runtime,
      environment: ENVIRONMENT,
      hasPackages: parts.hasPackages,
      functionName: request.function,
      availableFunctions: analysis?.availableFunctions ?? [],
      givenFiles: request.files.map(({ path }) => path),
      returnsFiles: request.return_files.length > 0 && !request.validate_only,
      ceilings: parts.limitPolicy.ceilings,
      policy,
    };
    const notStarted = { ...context, limits, enforcement: sandbox.enforcement };
    if (policy?.mode === 'enforce' && policy.total > 0) {
      return finish(execution, violatePolicy(notStarted, policy));
    }
    const isMissing = analysis?.isMissing === true;
    if (isMissing && !request.validate_only) return finish(execution, missingMain(notStarted));
    const turn = await admission.enter(execution.options.caller ?? '', {
      signal,
      arrival: execution.arrival,
    });
    timings.queue = turn.waitedMs;
    const { evidence, step } = await runInTurn(execution, program?.sandbox ?? sandbox, turn, program);
    if (step === 'compilation') return finish(execution, classifyCompilation(evidence, context));
    return finish(
      execution,
      request.validate_only ? judgePreflight(evidence, context, { isMissing }) : classify(evidence, context),
    );
  };

  const runInTurn = async (
    execution: Execution,
    sandbox: Sandbox,
    turn: Turn,
    program: OpenRuntime | undefined,
  ): Promise<Judged> => {
    const { request, options, signal, timings } = execution;
    let jail: Jail | undefined;
    try {
      const prepared: Prepared =
        program === undefined ? { job: toJob(execution) } : await prepare(execution, program);
      if ('failed' in prepared) return { evidence: prepared.failed, step: 'compilation' };
      const leased = performance.now();
      jail = await leaseInTime(execution, sandbox, prepared.options);
      const started = performance.now();
      timings.jail = started - leased;
      if (!request.validate_only) options.onStart?.({ id: execution.id, timings });
      const evidence = await jail.run(prepared.job, { signal, onOutput: options.onOutput });
      timings.run = evidence.usage.durationMs;
      timings.collect = performance.now() - started - evidence.usage.durationMs;
      return { evidence, step: 'run' };
    } finally {
      // The answer does not wait for the jail's last traces to be removed; the place in the queue does.
      const ending = (jail?.[Symbol.asyncDispose]() ?? Promise.resolve())
        .catch((error: unknown) => onEvent({ type: 'jail_failed', id: execution.id, error }))
        .finally(() => {
          turn[Symbol.dispose]();
          endings.delete(ending);
        });
      endings.add(ending);
    }
  };

  /** The first use of a runtime makes its image, which can take a minute: it goes on without the caller, who may come again. */
  const openInTime = async ({ request, signal, arrival }: Execution): Promise<OpenRuntime> => {
    const waiting = Promise.withResolvers<never>();
    const giveUp = (): void => waiting.reject(signal.reason);
    const left = arrival + admission.options.maxWait * 1000 - performance.now();
    const timer = setTimeout(() => waiting.reject(notReady(request.runtime)), left);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([parts.runtimes.open(request.runtime), waiting.promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  };

  /** What is left of the longest wait bounds the start of a jail too: `timeout` and that wait are all that a caller ever waits. */
  const leaseInTime = async (
    { limits, signal, arrival }: Execution,
    sandbox: Sandbox,
    options: LeaseOptions | undefined,
  ): Promise<Jail> => {
    const patience = new AbortController();
    const left = arrival + admission.options.maxWait * 1000 - performance.now();
    const timer = setTimeout(() => patience.abort(tooSlow()), Math.max(left, LEAST_START_MS));
    try {
      return await sandbox.lease(limits, {
        ...options,
        signal: AbortSignal.any([signal, patience.signal]),
      });
    } finally {
      clearTimeout(timer);
    }
  };

  const finish = ({ id, options, timings }: Execution, outcome: Outcome): Outcome => {
    options.onTimings?.(timings);
    const { duration_ms, cpu_ms, memory_peak_bytes } = outcome.execution;
    onEvent({
      type: 'execution_finished',
      id,
      verdict: outcome.success ? 'success' : outcome.error,
      returnCode: outcome.return_code,
      usage: { duration_ms, cpu_ms, memory_peak_bytes },
      timings,
    });
    return outcome;
  };

  /** What left the pipeline as an exception: refusals pass, a failed machine becomes one, the rest is ours. */
  const translate = (error: unknown, id: string): unknown => {
    if (error instanceof Refusal) {
      onEvent({ type: 'execution_refused', id, category: error.category, message: error.message });
      return error;
    }
    if (!(error instanceof JailFailure)) {
      onEvent({ type: 'execution_aborted', id });
      return error;
    }
    onEvent({ type: 'jail_failed', id, error });
    readiness.suspect();
    return new Refusal('sandbox_unavailable', error.message, {
      suggestions: error.remedy === undefined ? [] : [error.remedy],
      retryAfter: 5,
      cause: error,
    });
  };

  const close = async (): Promise<void> => {
    const timer = setTimeout(
      () =>
        shutdown.abort(
          new Refusal('overloaded', 'The service was shut down before the script ended.', { retryAfter: 5 }),
        ),
      parts.shutdownGrace * 1000,
    );
    await admission.close();
    clearTimeout(timer);
    await Promise.all(endings);
    await parts.runtimes.close();
    await readiness.close();
    await analyzer.close();
  };

  return {
    execute,
    health: () => describeHealth(parts, closing !== undefined),
    runtimes: async () => ({ runtimes: await parts.runtimes.report(), limits: parts.limitPolicy }),
    close: () => (closing ??= close()),
  };
}

/** What is known of an execution, and of which of its steps. */
interface Judged {
  readonly evidence: Evidence;
  readonly step: 'run' | 'compilation';
}

/** What a jail is to run and has to be given; or what is known of the compiler that made no program of the script. */
type Prepared =
  | { readonly job: Job; readonly options?: LeaseOptions | undefined }
  | { readonly failed: Evidence };

async function prepare(
  { request, limits, signal, timings }: Execution,
  { plan, compile }: OpenRuntime,
): Promise<Prepared> {
  const job = { ...request, program: plan(limits) };
  if (compile === undefined) return { job };
  const started = performance.now();
  const compiled = await compile(request, signal);
  timings.compile = performance.now() - started;
  if ('failed' in compiled) return compiled;
  return { job, options: { programFile: compiled.file } };
}

/** The policy's rules know Python: what an operator enforces is not to be gone round by another runtime. */
function forRuntime(
  policy: EffectivePolicy | undefined,
  runtime: ExecuteRequest['runtime'],
): EffectivePolicy | undefined {
  if (runtime === 'python') return policy;
  if (policy?.mode !== 'enforce') return undefined;
  throw new Refusal(
    'invalid_input',
    `A policy is enforced here, and it can look at Python only: runtime "${runtime}" cannot be used.`,
    { suggestions: ['Use runtime "python".'] },
  );
}

function begin(
  { limitPolicy, policy: operatorPolicy }: ExecutorParts,
  id: string,
  request: ExecuteRequest,
  options: ExecuteOptions,
  shutdown: AbortSignal,
): Execution {
  const resolved = resolveLimits(request.limits, limitPolicy);
  // The doors check this with better words; the pipeline does not rely on it.
  if ('excess' in resolved) throw new Refusal('invalid_input', 'A limit is above its ceiling.');
  const policy = forRuntime(resolvePolicy(request.policy, operatorPolicy), request.runtime);
  const signal = options.signal === undefined ? shutdown : AbortSignal.any([options.signal, shutdown]);
  signal.throwIfAborted();
  const timings: Execution['timings'] = { analysis: 0, queue: 0, jail: 0, run: 0, collect: 0 };
  return {
    id,
    request,
    limits: resolved.limits,
    policy,
    options,
    signal,
    arrival: performance.now(),
    timings,
  };
}

const toJob = ({ request, limits }: Execution): Job =>
  request.validate_only
    ? // Nothing is run, so nothing is written: there is nothing to bring back.
      { ...request, return_files: [], preflight: { memoryBytes: limits.memory_mb * 1024 * 1024 } }
    : request;

const notReady = (runtime: string): Refusal =>
  new Refusal('overloaded', `Runtime "${runtime}" is being made ready for its first use.`, {
    retryAfter: 30,
    suggestions: ['Send the request again in a minute.', 'For the operator: `brig prepare` does this ahead.'],
  });

const tooSlow = (): Refusal =>
  new Refusal('overloaded', 'No jail was ready in time.', {
    retryAfter: 5,
    suggestions: ['Send the request again after the seconds in Retry-After.'],
  });

function requireSandbox(readiness: Readiness): Sandbox {
  const state = readiness.current();
  if (state.isReady) return state.sandbox;
  throw new Refusal('sandbox_unavailable', state.reason, {
    suggestions: state.remedy === undefined ? [] : [state.remedy],
    retryAfter: 15,
  });
}

/** What is known of the entry point before anything is started; nothing in mode `script`, which needs none. */
async function analyse(
  analyzer: Analyzer,
  { mode, script, function: wanted, files }: ExecuteRequest,
  signal: AbortSignal,
): Promise<{ isMissing: boolean; availableFunctions: string[] } | undefined> {
  if (mode === 'script') return undefined;
  const analysis = await analyzer.analyze(script, wanted, signal);
  // The wanted one too: a script whose entry point failed has it.
  const names = new Set(analysis.functions.map(({ name }) => name));
  // Files can shadow the modules that a script imports, and `no` counts on those.
  const isMissing = analysis.defines === 'no' && files.length === 0;
  return { isMissing, availableFunctions: [...names] };
}
