import { randomUUID } from 'node:crypto';
import { measureOutcome } from '../core/contract/measure-outcome.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { JailFailure } from '../sandbox/sandbox.ts';
import { describeHealth, type HealthParts } from './describe-health.ts';
import { digestScript } from './digest.ts';
import type { Ending } from './events.ts';
import {
  beginExecution,
  queueKeyOf,
  signalOf,
  type ExecutionContext,
  type ExecutionRules,
} from './execution-context.ts';
import type { Executor } from './executor.ts';
import { viewerOf, type Viewer } from '../core/contract/viewer.ts';
import type { EnvironmentView } from '../environments/environments.ts';
import type { RuntimeRegistry } from '../runtimes/registry.ts';
import { createPatience } from '../pool/patience.ts';
import { waitForBuild } from './wait-for-jail.ts';
import { runPipeline, type PipelineParts } from './pipeline.ts';

export interface ExecutorParts extends ExecutionRules, Omit<PipelineParts, 'patience'>, HealthParts {
  readonly environments: {
    as(viewer: Viewer): Pick<EnvironmentView, 'findModule' | 'resolve' | 'whenBuilt'>;
  };
  readonly runtimes: PipelineParts['runtimes'] & Pick<RuntimeRegistry, 'report' | 'readiness'>;
  readonly python: PipelineParts['python'] & HealthParts['python'];
  /** Seconds that running executions get to finish on shutdown. */
  readonly shutdownGrace: number;
}

/**
 * Creates the use case: analysis, admission, lease, run, verdict. It owns none of its parts: they stay open after it
 * is closed.
 */
export function createExecutor(given: ExecutorParts): Executor {
  const { analyzer, admission, environments, onEvent } = given;
  const patience = createPatience(admission.options.waitingRoom);
  const parts = { ...given, patience };
  const shutdown = new AbortController();
  /** Jails that are being closed after their outcome was returned. */
  const endings = new Set<Promise<void>>();
  let isRetired = false;
  let closing: Promise<void> | undefined;

  const execute: Executor['execute'] = async (plan, options = {}) => {
    const arrival = performance.now();
    const id = plan.id ?? randomUUID();
    const digest = digestScript(plan.script);
    const scriptHash = typeof digest === 'string' ? digest : await digest;
    const { caller, requestId, traceparent } = options;
    const audit = { key: caller?.key, runtime: plan.runtime, scriptHash, requestId, traceparent };
    const ending = { id, audit, arrival };
    try {
      const queueKey = queueKeyOf(options);
      await waitForBuild(environments.as(viewerOf(caller)), plan, patience, {
        ...{ queueKey, signal: signalOf(options, shutdown.signal) },
      });
      const execution = beginExecution(parts, id, plan, options, shutdown.signal);
      const outcome = await runPipeline(parts, execution, endings);
      caller?.owe?.(measureOutcome(outcome));
      finish(execution, outcome, ending);
      return outcome;
    } catch (error) {
      throw translate(error, ending);
    }
  };

  const finish = ({ options, timings, starts }: ExecutionContext, outcome: Outcome, ending: Ending): void => {
    options.onTimings?.(timings);
    const { duration_ms, cpu_ms, memory_peak_bytes } = outcome.execution;
    onEvent({
      type: 'execution_finished',
      ...ending,
      verdict: outcome.success ? 'success' : outcome.error,
      returnCode: outcome.return_code,
      usage: { duration_ms, cpu_ms, memory_peak_bytes },
      timings,
      starts,
    });
  };

  /**
   * Maps an exception of the pipeline: passes refusals, turns a failed machine into one, and returns any other error
   * as is.
   */
  const translate = (error: unknown, ending: Ending): unknown => {
    if (!(error instanceof Refusal || error instanceof JailFailure)) {
      onEvent({ type: 'execution_aborted', ...ending });
      return error;
    }
    if (error instanceof JailFailure) onEvent({ type: 'jail_failed', id: ending.id, error });
    const refusal = error instanceof Refusal ? error : refuseFor(error);
    const { category, message } = refusal;
    onEvent({ type: 'execution_refused', ...ending, category, message });
    return refusal;
  };

  const close = async (): Promise<void> => {
    const timer = setTimeout(() => shutdown.abort(shutDown()), parts.shutdownGrace * 1000);
    try {
      await admission.close();
    } finally {
      clearTimeout(timer);
    }
    await Promise.all(endings);
  };

  return {
    execute,
    survey: (script, lists, options = {}) =>
      analyzer.survey(script, lists, { queueKey: queueKeyOf(options), signal: options.signal }),
    health: () => describeHealth(parts, isRetired || closing !== undefined),
    retire: () => {
      isRetired = true;
    },
    runtimes: async (caller) => ({
      runtimes: await parts.runtimes.report(caller),
      limits: parts.limitPolicy,
    }),
    close: () => (closing ??= close()),
  };
}

const shutDown = (): Refusal =>
  new Refusal('overloaded', 'The service was shut down before the script ended.', { retryAfter: 5 });

const refuseFor = (failure: JailFailure): Refusal =>
  new Refusal('sandbox_unavailable', failure.message, {
    suggestions: failure.remedy === undefined ? [] : [failure.remedy],
    retryAfter: 5,
    cause: failure,
  });
