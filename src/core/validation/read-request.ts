import type { ExecuteRequest } from '../contract/request.ts';
import type { GivenContents } from './files.ts';
import { isRecord } from './is-record.ts';
import { findMembers } from './member-texts.ts';
import { readJson } from './read-json.ts';
import { smallestRequest, validateRequest, type RequestRules } from './validate-request.ts';

/**
 * Reads a request from its JSON, text or UTF-8. Takes time in proportion to the body, seconds for the largest.
 *
 * @throws Refusal `invalid_input` when it is not UTF-8, empty, not JSON or no valid request (reports all mistakes at
 * once); `payload_too_large` for the script.
 * @param contents contents of `files` that replace those in the body.
 */
export function readRequest(
  body: string | Uint8Array,
  rules: RequestRules,
  contents?: GivenContents,
): ExecuteRequest {
  const { text, value } = readJson(body, [`The smallest valid request: ${smallestRequest}`]);
  const texts = isRecord(value) ? findMembers(text, ['args', 'kwargs']) : {};
  return validateRequest(value, texts, rules, contents);
}
