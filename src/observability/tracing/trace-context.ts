import { ROOT_CONTEXT, trace, type Context, type SpanContext } from '@opentelemetry/api';

/** Returns the context in which a span of this trace context (W3C) begins; the root's where there is none. */
export function contextOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-');
  const remote = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, remote);
}

/** Writes the trace context of a span (W3C). */
export const writeTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`;

/** Converts a time by `performance.now()` to milliseconds since 1970. */
export const toEpoch = (time: number): number => performance.timeOrigin + time;
