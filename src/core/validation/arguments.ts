import { isRawNumber } from './lossless-json.ts';
import { requestCaps } from '../request.ts';
import type { Mistake } from './words.ts';

/** CPython reads no integer with more decimal digits (`sys.int_info.default_max_str_digits`). */
const MOST_INTEGER_DIGITS = 4300;
const INTEGER = /^-?\d+$/;

/**
 * What CPython's JSON reader could not take. Walks without recursion: a body of 32 MiB can be nested millions deep.
 * The array of `args` and the object of `kwargs` are the first level.
 */
export function complainAboutArguments(body: Readonly<Record<string, unknown>>): Mistake[] {
  return ['args', 'kwargs'].flatMap((field) => walk(field, body[field]));
}

function walk(field: string, root: unknown): Mistake[] {
  let level = isContainer(root) ? [root] : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > requestCaps.argumentDepth) {
      return [{ message: `${field} is nested more than ${requestCaps.argumentDepth} levels deep` }];
    }
    const next: object[] = [];
    for (const container of level) {
      for (const value of Array.isArray(container) ? container : Object.values(container)) {
        if (isContainer(value)) next.push(value);
        else if (isUnreadable(value)) {
          return [
            {
              message: `${field} holds an integer of more than ${MOST_INTEGER_DIGITS} digits, which Python does not read`,
              suggestion: 'Pass the integer as a string.',
            },
          ];
        }
      }
    }
    level = next;
  }
  return [];
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isRawNumber(value);
}

function isUnreadable(value: unknown): boolean {
  if (!isRawNumber(value) || value.rawJSON.length <= MOST_INTEGER_DIGITS) return false;
  return INTEGER.test(value.rawJSON) && value.rawJSON.replace('-', '').length > MOST_INTEGER_DIGITS;
}
