import { randomUUID } from 'node:crypto';
import type { Analyzer, Asking } from '../analysis/analyzer.ts';
import type { Evidence } from '../core/evidence.ts';
import { judgePreflight } from '../core/preflight/judge-preflight.ts';
import { classify } from '../core/verdict/classify.ts';
import { classifyCompilation } from '../core/verdict/classify-compilation.ts';
import { measureOutcome } from '../core/measure-outcome.ts';
import type { Outcome } from '../core/outcome.ts';
import { Refusal } from '../core/refusal.ts';
import type { ExecuteRequest } from '../core/request.ts';
import { missingMain, rejectUnsafe, violatePolicy } from '../core/verdict/not-started.ts';
import type { Admission, Turn } from '../pool/admission.ts';
import type { PoolCounts } from '../pool/pool.ts';
import { viewerOf, type Viewer } from '../core/viewer.ts';
import type { EnvironmentView } from '../environments/environments.ts';
import type { OpenRuntime, Runtimes } from '../runtimes/runtimes.ts';
import { JailFailure, type Jail, type Sandbox } from '../sandbox/sandbox.ts';
import { describeHealth } from './describe-health.ts';
import { digestScript } from './digest.ts';
import type { Audit, EventListener } from './events.ts';
import { beginExecution, type Execution, type ExecutionRules } from './execution.ts';
import type { ExecuteOptions, Executor, Reviewer } from './executor.ts';
import { judgePolicy } from './judge-policy.ts';
import { prepareProgram, prepareScript } from './prepare-job.ts';
import type { Readiness } from './readiness.ts';
import { leaseInTime, openInTime } from './wait-for-jail.ts';

export interface ExecutorParts extends ExecutionRules {
  readonly analyzer: Analyzer;
  readonly admission: Admission;
  readonly readiness: Readiness;
  /** What runs scripts of other runtimes than Python. */
  readonly runtimes: Runtimes;
  /** Where jails come from that have a directory of the script's own. @throws JailFailure */
  readonly openRooted: () => Promise<Sandbox>;
  /** Figures of the pool of warm jails; undefined where there is none. */
  readonly countJails: () => PoolCounts | undefined;
  /** Asked only where a request says `validate`. */
  readonly review: Reviewer;
  readonly version: string;
  /** What `/health` is to say of the host, in sentences. */
  readonly warnings: () => readonly string[];
  readonly environments: { as(viewer: Viewer): Pick<EnvironmentView, 'resolve' | 'findModule'> };
  /** Seconds that running executions get to finish when the executor is closed. */
  readonly shutdownGrace: number;
  readonly onEvent: EventListener;
}

/** The use case: analysis, admission, lease, run, verdict. Everything it needs is handed to it. */
export function createExecutor(parts: ExecutorParts): Executor {
  const { analyzer, admission, readiness, onEvent } = parts;
  const { maxWait } = admission.options;
  const shutdown = new AbortController();
  /** Jails whose outcome was answered already and that are being taken down. */
  const endings = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;

  const execute = async (request: ExecuteRequest, options: ExecuteOptions = {}): Promise<Outcome> => {
    const id = request.execution_id ?? randomUUID();
    const digest = digestScript(request.script);
    const scriptHash = typeof digest === 'string' ? digest : await digest;
    const audit = { key: options.caller?.key, runtime: request.runtime, scriptHash };
    try {
      const execution = beginExecution(parts, id, request, options, shutdown.signal);
      const outcome = await pipeline(execution);
      options.caller?.owe?.(measureOutcome(outcome));
      finish(execution, outcome, audit);
      return outcome;
    } catch (error) {
      throw translate(error, id, audit);
    }
  };

  const pipeline = async (execution: Execution): Promise<Outcome> => {
    const { id, request, limits, surroundings, timings, signal } = execution;
    const sandbox = requireSandbox(readiness);
    parts.runtimes.requireOffer(request.runtime);
    const program =
      request.runtime === 'python'
        ? undefined
        : await openInTime(execution, () => parts.runtimes.open(request.runtime), maxWait);
    const rooted =
      request.root === undefined ? undefined : await openInTime(execution, parts.openRooted, maxWait);
    const analysed = performance.now();
    const asking = { caller: lineOf(execution.options), signal };
    const analysis = await analyse(analyzer, request, asking);
    const policy = execution.policy && (await judgePolicy(analyzer, request, execution.policy, asking));
    timings.analysis = performance.now() - analysed;
    const context = {
      id,
      runtime: request.runtime,
      environment: surroundings.name,
      hasPackages: surroundings.environment !== undefined,
      findModule: (module: string) =>
        parts.environments.as(viewerOf(execution.options.caller)).findModule(module, request.runtime),
      functionName: request.function,
      availableFunctions: analysis?.availableFunctions ?? [],
      givenFiles: request.files.map(({ path }) => path),
      returnsFiles: request.return_files.length > 0 && !request.validate_only,
      ceilings: execution.ceilings,
      policy,
    };
    const notStarted = { ...context, limits, enforcement: sandbox.enforcement };
    const { review: given } = execution.options;
    if (given?.is_safe === false) return rejectUnsafe(notStarted, given);
    if (policy?.mode === 'enforce' && policy.total > 0) {
      return violatePolicy(notStarted, policy);
    }
    const isMissing = analysis?.isMissing === true;
    if (isMissing && !request.validate_only) return missingMain(notStarted);
    const asked = performance.now();
    const review =
      given ?? (request.validate ? await parts.review(request, { ...execution.options, signal }) : undefined);
    if (given === undefined && review !== undefined) timings.model = performance.now() - asked;
    if (review?.is_safe === false) return rejectUnsafe(notStarted, review);
    const { caller } = execution.options;
    const turn = await admission.enter(lineOf(execution.options), {
      signal,
      arrival: execution.arrival,
      share: caller?.share,
    });
    timings.queue = turn.waitedMs;
    const where = program?.sandbox ?? rooted ?? sandbox;
    const { evidence, step } = await runInTurn(execution, where, turn, program);
    const reviewed = { ...context, review };
    if (step === 'compilation')
      return classifyCompilation(evidence, { ...reviewed, boundBy: caller?.ceilings && caller.key });
    return request.validate_only
      ? judgePreflight(evidence, reviewed, { isMissing })
      : classify(evidence, reviewed);
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
      const prepared =
        program === undefined ? prepareScript(execution) : await prepareProgram(execution, program);
      if ('failed' in prepared) return { evidence: prepared.failed, step: 'compilation' };
      const leased = performance.now();
      jail = await leaseInTime(execution, sandbox, prepared.lease, maxWait);
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

  const finish = ({ id, options, timings }: Execution, outcome: Outcome, audit: Audit): void => {
    options.onTimings?.(timings);
    const { duration_ms, cpu_ms, memory_peak_bytes } = outcome.execution;
    onEvent({
      type: 'execution_finished',
      id,
      audit,
      verdict: outcome.success ? 'success' : outcome.error,
      returnCode: outcome.return_code,
      usage: { duration_ms, cpu_ms, memory_peak_bytes },
      timings,
    });
  };

  /** What left the pipeline as an exception: refusals pass, a failed machine becomes one, the rest is ours. */
  const translate = (error: unknown, id: string, audit: Audit): unknown => {
    if (!(error instanceof Refusal || error instanceof JailFailure)) {
      onEvent({ type: 'execution_aborted', id, audit });
      return error;
    }
    if (error instanceof JailFailure) {
      onEvent({ type: 'jail_failed', id, error });
      readiness.suspect();
    }
    const refusal = error instanceof Refusal ? error : refuseFor(error);
    onEvent({
      type: 'execution_refused',
      id,
      audit,
      category: refusal.category,
      message: refusal.message,
    });
    return refusal;
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
    survey: (script, lists, options = {}) =>
      analyzer.survey(script, lists, { caller: lineOf(options), signal: options.signal }),
    health: () => describeHealth(parts, closing !== undefined),
    runtimes: async (caller) => ({
      runtimes: await parts.runtimes.report(caller),
      limits: parts.limitPolicy,
    }),
    close: () => (closing ??= close()),
  };
}

/** Whose requests wait in one line; all without a caller share one. */
const lineOf = ({ caller }: Pick<ExecuteOptions, 'caller'>): string => caller?.line ?? '';

/** What is known of an execution, and of which of its steps. */
interface Judged {
  readonly evidence: Evidence;
  readonly step: 'run' | 'compilation';
}

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
  asking: Asking,
): Promise<{ isMissing: boolean; availableFunctions: string[] } | undefined> {
  if (mode === 'script') return undefined;
  const analysis = await analyzer.analyze(script, wanted, asking);
  // The wanted one too: a script whose entry point failed has it.
  const names = new Set(analysis.functions.map(({ name }) => name));
  // Files can shadow the modules that a script imports, and `no` counts on those.
  const isMissing = analysis.defines === 'no' && files.length === 0;
  return { isMissing, availableFunctions: [...names] };
}

const refuseFor = (failure: JailFailure): Refusal =>
  new Refusal('sandbox_unavailable', failure.message, {
    suggestions: failure.remedy === undefined ? [] : [failure.remedy],
    retryAfter: 5,
    cause: failure,
  });
