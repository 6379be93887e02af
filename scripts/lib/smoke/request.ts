/** One request of the smoke test, and what a working service answers. */
export interface SmokeRequest {
  /** Name of the dialect, or `brig` for the service's own contract. */
  readonly door: string;
  /** The route as its OpenAPI document writes it: `POST /jobs/{id}`. */
  readonly route: string;
  /** Meaning of the answer, for people. */
  readonly shows: string;
  /** Values of the route's parameters; `{{job}}` is a value that an earlier request saved. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The query string, without its question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Status of the answer of a service that has the feature. */
  readonly status: number;
  /** Members of the answer's body: the others may be anything. */
  readonly has?: Readonly<Record<string, unknown>>;
  /** Statuses of a service whose operator left the feature out, and the reason. */
  readonly off?: { readonly statuses: readonly number[]; readonly because: string };
  /** Saves the first group of a pattern that the answer's text has, under a name. */
  readonly saves?: { readonly as: string; readonly pattern: RegExp };
}

/** Path of a request below the base URL, with what was saved in its place. */
export function toPath(
  { door, route, parameters = {}, query }: SmokeRequest,
  saved: ReadonlyMap<string, string>,
): string {
  const path = route
    .slice(route.indexOf(' ') + 1)
    .replaceAll(/\{(\w+)\}/g, (whole, name: string) => parameters[name] ?? whole)
    .replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => encodeURIComponent(saved.get(name) ?? 'missing'));
  return `${door === 'brig' ? '' : `/dialects/${door}`}${path}${query === undefined ? '' : `?${query}`}`;
}

export const methodOf = ({ route }: SmokeRequest): string => route.slice(0, route.indexOf(' '));
