import type { Metrics } from './create-families.ts';

/** Facts of an answered request for metrics. */
export interface AnsweredRequest {
  readonly method: string;
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  readonly refusal: { readonly category: string } | undefined;
}

export interface DoorListeners {
  readonly onRequest: (event: AnsweredRequest) => void;
  readonly onDenial: (event: { readonly reason: string }) => void;
  readonly onIncident: () => void;
}

/** A caller may invent methods, but not for a route. */
const NONE = 'none';

/** Returns listeners that count requests, refusals, denials and incidents of the HTTP door. */
export function countDoorEvents(metrics: Metrics): DoorListeners {
  return {
    onRequest: ({ method, route = NONE, status, durationMs, refusal }) => {
      metrics.requests.inc({ method: route === NONE ? NONE : method, route, status });
      metrics.requestDuration.observe({ route }, durationMs / 1000);
      if (refusal !== undefined) metrics.refusals.inc({ category: refusal.category });
    },
    onDenial: ({ reason }) => metrics.denials.inc({ reason }),
    onIncident: () => metrics.incidents.inc(),
  };
}
