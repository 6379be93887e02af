import type { EventListener, ExecutorEvent, ModelCall } from '../../executor/events.ts';
import type { PoolEvent } from '../../pool/pool.ts';
import { stepNames } from '../step-names.ts';
import type { Metrics } from './create-families.ts';

type Finished = Extract<ExecutorEvent, { type: 'execution_finished' }>;

/** Returns a listener that counts the events of the pipeline. */
export function countExecutorEvents(metrics: Metrics): EventListener {
  return (event) => {
    switch (event.type) {
      case 'execution_finished':
        return countFinished(metrics, event);
      case 'execution_refused':
        return metrics.executions.inc({ runtime: event.audit.runtime, verdict: event.category });
      case 'execution_aborted':
        return metrics.executions.inc({ runtime: event.audit.runtime, verdict: 'aborted' });
      case 'jail_failed':
        return metrics.jailFailures.inc({ during: 'execution' });
      case 'session_ended':
        return metrics.sessionEnds.inc({ reason: event.reason });
      case 'job_failed':
        return metrics.incidents.inc();
      case 'webhook_tried':
        return metrics.webhooks.inc({ result: event.result });
      case 'shared_changed':
        return metrics.shared.set(event.fault === undefined ? 1 : 0);
      case 'jail_leased':
        return metrics.jails.inc({ kind: event.runtime, state: 'running' });
      case 'jail_returned':
        return metrics.jails.dec({ kind: event.runtime, state: 'running' });
      case 'pool':
        return countPool(metrics, event.jails, event.event);
      case 'build_ended':
        metrics.builds.inc({ result: event.result });
        return metrics.buildDuration.observe(event.ms / 1000);
      case 'model_called':
        return countCall(metrics, event);
      case 'readiness_changed':
        return metrics.jailsReady.set({ kind: event.jails }, event.state.isReady ? 1 : 0);
      case 'build_failed':
      case 'model_failed':
      case 'session_opened':
        // Counted by the events of their ends.
        return undefined;
    }
  };
}

function countFinished(
  metrics: Metrics,
  { audit, verdict, usage, timings, starts, arrival }: Finished,
): void {
  const { runtime } = audit;
  metrics.executions.inc({ runtime, verdict });
  metrics.executionDuration.observe({ runtime }, (performance.now() - arrival) / 1000);
  for (const step of Object.keys(starts) as (keyof typeof starts)[])
    metrics.stepDuration.observe({ step: stepNames[step] }, (timings[step] ?? 0) / 1000);
  if (starts.queue !== undefined) metrics.queueWait.observe(timings.queue / 1000);
  // A script that was not started has used nothing.
  if (starts.run === undefined) return;
  metrics.scriptCpu.inc({ runtime }, usage.cpu_ms / 1000);
  if (usage.memory_peak_bytes > 0) metrics.scriptMemory.observe({ runtime }, usage.memory_peak_bytes);
}

function countPool(metrics: Metrics, kind: string, event: PoolEvent): void {
  switch (event.type) {
    case 'built':
      return metrics.jailStart.observe({ kind }, event.ms / 1000);
    case 'taken':
      return metrics.jailLeases.inc({ kind, start: event.isWarm ? 'warm' : 'cold' });
    case 'discarded':
      return metrics.jailsDiscarded.inc({ kind, reason: event.why });
    case 'build_failed':
      return metrics.jailFailures.inc({ during: 'start' });
  }
}

function countCall(metrics: Metrics, { outcome, ms, inputTokens = 0, outputTokens = 0 }: ModelCall): void {
  metrics.modelCalls.inc({ outcome });
  metrics.modelDuration.observe(ms / 1000);
  metrics.modelTokens.inc({ direction: 'input' }, inputTokens);
  metrics.modelTokens.inc({ direction: 'output' }, outputTokens);
}
