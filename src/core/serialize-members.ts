import { cutText, escapeText } from './text/serialize-text.ts';
import type { JsonText } from './contract/outcome.ts';

/** JSON that is written unchanged. */
export interface Raw {
  readonly raw: JsonText;
}

/**
 * Writes an object as JSON, in pieces of about 64 Ki units: its members may be long texts, or JSON that a script
 * returned.
 */
export function* serializeMembers(members: Readonly<Record<string, unknown>>): Generator<string> {
  let before = '{';
  for (const [name, value] of Object.entries(members)) {
    yield `${before}${JSON.stringify(name)}:`;
    before = ',';
    if (typeof value === 'string') {
      yield '"';
      yield* escapeText(value);
      yield '"';
    } else if (isRaw(value)) yield* cutText(value.raw);
    else yield JSON.stringify(value);
  }
  yield before === '{' ? '{}' : '}';
}

const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && 'raw' in value && typeof value.raw === 'string';
