import { Refusal } from '../refusal.ts';
import type { ExecuteRequest } from '../request.ts';
import type { GivenContents } from './files.ts';
import { isRecord } from './is-record.ts';
import { findMembers, nestsDeeper } from './member-texts.ts';
import { smallestRequest, validateRequest, type RequestRules } from './validate-request.ts';

/** Levels of brackets that are parsed at all: a body nested millions deep costs the parser seconds. */
const MOST_LEVELS = 5000;

const showSmallest = `The smallest valid request: ${smallestRequest}`;

/**
 * Reads a request from its JSON, text or UTF-8. Takes time in proportion to the body, seconds for the largest.
 *
 * @throws Refusal `invalid_input` where it is not UTF-8, empty, not JSON or no valid request (all that is wrong is
 *   said at once); `payload_too_large` for the script.
 * @param contents contents of `files` that stand in place of those in the body.
 */
export function readRequest(
  body: string | Uint8Array,
  rules: RequestRules,
  contents?: GivenContents,
): ExecuteRequest {
  const { text, value } = parseBody(body, showSmallest);
  const texts = isRecord(value) ? findMembers(text, ['args', 'kwargs']) : {};
  return validateRequest(value, texts, rules, contents);
}

/**
 * A body's text, and what it is the JSON of.
 * @throws Refusal `invalid_input`, with this suggestion.
 */
export function parseBody(
  body: string | Uint8Array,
  suggestion: string,
): { readonly text: string; readonly value: unknown } {
  const text = typeof body === 'string' ? body : decode(body);
  if (text.trim() === '')
    throw new Refusal('invalid_input', 'The body is empty.', { suggestions: [suggestion] });
  if (nestsDeeper(text, MOST_LEVELS)) {
    throw new Refusal('invalid_input', 'The body is nested too deeply.');
  }
  return { text, value: parse(text, suggestion) };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Refusal('invalid_input', 'The body is not UTF-8.', { cause });
  }
}

function parse(text: string, suggestion: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // V8 names the position where it can, and quotes nothing but the body itself.
    throw new Refusal('invalid_input', `The body is not JSON: ${error.message}.`, {
      suggestions: [suggestion],
    });
  }
}
