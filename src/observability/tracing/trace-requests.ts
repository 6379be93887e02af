import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { tellPath } from '../log-fields.ts';
import { contextOf, writeTraceparent } from './trace-context.ts';

/** Facts of an answered request for a trace. */
export interface TracedRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly route: string | undefined;
  readonly status: number;
  readonly refusal: { readonly category: string } | undefined;
}

/** Begins the span of a request, in the caller's trace if it sent one. */
export type RequestTracer = (traceparent: string | undefined) => {
  /** Trace context for the parts of the request (W3C). */
  readonly context: string;
  end(request: TracedRequest): void;
};

/** Traces requests by the conventions of OpenTelemetry for HTTP servers. */
export function traceRequests(tracer: Tracer): RequestTracer {
  return (traceparent) => {
    const span = tracer.startSpan('request', { kind: SpanKind.SERVER }, contextOf(traceparent));
    return {
      context: writeTraceparent(span.spanContext()),
      end: ({ id, method, path, route, status, refusal }) => {
        // A caller may invent methods, but not for a route.
        const verb = route === undefined ? 'HTTP' : method;
        span.updateName(route === undefined ? verb : `${verb} ${route}`);
        span.setAttributes({
          'http.request.method': route === undefined ? '_OTHER' : method,
          'http.response.status_code': status,
          'url.path': tellPath(path),
          'brig.request.id': id,
          ...(route !== undefined && { 'http.route': route }),
        });
        if (refusal !== undefined) span.setAttribute('error.type', refusal.category);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  };
}
