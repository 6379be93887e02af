import type { Context } from 'hono';
import { accepts } from 'hono/accepts';

const jsonType = 'application/json';
const eventType = 'text/event-stream';

type Accept = Parameters<NonNullable<Parameters<typeof accepts>[1]['match']>>[0][number];

/**
 * Whether a caller prefers events to one answer, by its `Accept`. It must name events, by type or as `text/*`, and
 * prefer them by weight, then by a more specific range, then by order. All others get JSON.
 */
export function wantsEvents(c: Context): boolean {
  const supports = [jsonType, eventType];
  return accepts(c, { header: 'Accept', supports, default: jsonType, match: choose }) === eventType;
}

function choose(ranges: readonly Accept[]): string {
  const [events, json] = [rank(ranges, eventType), rank(ranges, jsonType)];
  if (events.weight === 0 || events.exactness === 0) return jsonType;
  const preference =
    events.weight - json.weight || events.exactness - json.exactness || json.place - events.place;
  return preference > 0 ? eventType : jsonType;
}

/** Ranks a media type by a header: the most specific matching range counts. */
function rank(ranges: readonly Accept[], type: string): { weight: number; exactness: number; place: number } {
  const patterns = ['*/*', `${type.split('/')[0]}/*`, type];
  const rules = ranges.map(({ type: range, q }, place) => ({
    weight: q,
    exactness: patterns.indexOf(range.toLowerCase()),
    place,
  }));
  const [best] = rules
    .filter(({ exactness }) => exactness >= 0)
    .toSorted((a, b) => b.exactness - a.exactness);
  return best ?? { weight: 0, exactness: -1, place: ranges.length };
}
