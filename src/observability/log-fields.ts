/** Returns the trace id of a trace context (W3C); undefined without one. */
export const readTraceId = (traceparent: string | undefined): string | undefined =>
  traceparent?.split('-')[1];

/** Rounds milliseconds to hundredths; a microsecond more says nothing. */
export const round = (value: number): number => Math.round(value * 100) / 100;

/** Rounds every number of a record. */
export const roundAll = (record: object): Record<string, number> =>
  Object.fromEntries(Object.entries<number>({ ...record }).map(([name, value]) => [name, round(value)]));

/** Longest path in a log line, in UTF-16 units. */
const MOST_PATH = 200;
/** Brig's own keys, wherever somebody put one by mistake. */
const ownKey = /brig_[\w-]{8,}/g;

/** Returns a path as a log may have it: bounded, and without a key that was put into it. */
export const tellPath = (path: string): string =>
  path
    .slice(0, MOST_PATH * 2)
    .replaceAll(ownKey, 'brig_…')
    .slice(0, MOST_PATH);
