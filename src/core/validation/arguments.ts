import { requestCaps } from '../contract/request.ts';
import type { ValueText } from './member-texts.ts';
import type { Mistake } from '../text/words.ts';

/** Maximum number of decimal digits of an integer that CPython reads (`sys.int_info.default_max_str_digits`). */
const MOST_INTEGER_DIGITS = 4300;

export interface ArgumentTexts {
  readonly args?: ValueText;
  readonly kwargs?: ValueText;
}

/**
 * Complains about arguments that CPython's JSON reader could not parse. The array `args` and the object `kwargs` are
 * the first level.
 */
export function complainAboutArguments({ args, kwargs }: ArgumentTexts): Mistake[] {
  return [...complainAbout('args', args), ...complainAbout('kwargs', kwargs)];
}

function complainAbout(field: string, value: ValueText | undefined): Mistake[] {
  if (value === undefined || value.depth === 0) return [];
  if (value.depth > requestCaps.argumentDepth) {
    return [{ message: `${field} is nested more than ${requestCaps.argumentDepth} levels deep` }];
  }
  if (value.integerDigits <= MOST_INTEGER_DIGITS) return [];
  return [
    {
      message: `${field} holds an integer of more than ${MOST_INTEGER_DIGITS} digits, which Python does not read`,
      suggestion: 'Pass the integer as a string.',
    },
  ];
}
