import { Refusal } from '../contract/refusal.ts';
import { MOST_LEVELS, nestsDeeper } from './member-texts.ts';

export interface JsonBody {
  readonly text: string;
  readonly value: unknown;
}

/**
 * Parses the body of a request. Takes time in proportion to it, seconds for the largest.
 * @param suggestions for a body that is empty or no JSON.
 * @throws Refusal `invalid_input` when it is not UTF-8, empty, nested too deeply or not JSON.
 */
export function readJson(body: string | Uint8Array, suggestions: readonly string[] = []): JsonBody {
  const text = typeof body === 'string' ? body : decode(body);
  const hints = { suggestions: [...suggestions] };
  if (text.trim() === '') throw new Refusal('invalid_input', 'The body is empty.', hints);
  if (nestsDeeper(text, MOST_LEVELS)) throw new Refusal('invalid_input', 'The body is nested too deeply.');
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // V8 names the position if it can, and quotes nothing but the body itself.
    throw new Refusal('invalid_input', `The body is not JSON: ${error.message}.`, hints);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Refusal('invalid_input', 'The body is not UTF-8.', { cause });
  }
}
