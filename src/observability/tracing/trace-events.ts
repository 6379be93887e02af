import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import type { Ending, EventListener, ExecutorEvent, ModelCall } from '../../executor/events.ts';
import { stepNames } from '../step-names.ts';
import { contextOf, toEpoch } from './trace-context.ts';

type Finished = Extract<ExecutorEvent, { type: 'execution_finished' }>;

/** Verdicts for which the service or its machine is to blame. */
const ownFaults: ReadonlySet<string> = new Set([
  'sandbox_unavailable',
  'internal_error',
  'bad_gateway',
  'overloaded',
]);

/** Returns a listener that makes spans of executions, their steps and calls of the model, when they have ended. */
export function traceEvents(tracer: Tracer): EventListener {
  return (event) => {
    if (event.type === 'execution_finished') traceFinished(tracer, event);
    if (event.type === 'execution_refused') beginExecution(tracer, event, event.category).end();
    if (event.type === 'execution_aborted') beginExecution(tracer, event, 'aborted').end();
    if (event.type === 'model_called') traceCall(tracer, event);
  };
}

function beginExecution(tracer: Tracer, { id, audit, arrival }: Ending, verdict: string): Span {
  const span = tracer.startSpan(
    'execute',
    {
      startTime: toEpoch(arrival),
      attributes: { 'brig.execution.id': id, 'brig.runtime': audit.runtime, 'brig.verdict': verdict },
    },
    contextOf(audit.traceparent),
  );
  if (verdict !== 'success') span.setAttribute('error.type', verdict);
  if (ownFaults.has(verdict)) span.setStatus({ code: SpanStatusCode.ERROR });
  return span;
}

function traceFinished(tracer: Tracer, event: Finished): void {
  const { verdict, returnCode, usage, timings, starts } = event;
  const span = beginExecution(tracer, event, verdict);
  span.setAttributes({ 'brig.cpu_ms': usage.cpu_ms, 'brig.memory_peak_bytes': usage.memory_peak_bytes });
  if (returnCode !== null) span.setAttribute('process.exit.code', returnCode);
  const within = trace.setSpan(ROOT_CONTEXT, span);
  for (const [step, start] of Object.entries(starts) as [keyof typeof starts, number][]) {
    const one = tracer.startSpan(stepNames[step], { startTime: toEpoch(start) }, within);
    one.end(toEpoch(start + (timings[step] ?? 0)));
  }
  span.end();
}

/** Traces a call by the conventions of OpenTelemetry for generative models. */
function traceCall(tracer: Tracer, call: ModelCall): void {
  const { model, outcome, start, ms, inputTokens, outputTokens, traceparent } = call;
  const span = tracer.startSpan(
    `chat ${model}`,
    {
      kind: SpanKind.CLIENT,
      startTime: toEpoch(start),
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': model,
        ...(inputTokens !== undefined && { 'gen_ai.usage.input_tokens': inputTokens }),
        ...(outputTokens !== undefined && { 'gen_ai.usage.output_tokens': outputTokens }),
      },
    },
    contextOf(traceparent),
  );
  if (outcome !== 'answered') {
    span.setAttribute('error.type', outcome);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(toEpoch(start + ms));
}
