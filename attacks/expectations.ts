import { isDeepStrictEqual } from 'node:util';
import type { Answer, Complaint } from './attack.ts';

/*
 * Permitted answers of a safe service, as functions that return a complaint about every other answer, unforeseen ones
 * included: a service withstands an attack only with an expected answer.
 */

type Judge = (answer: Answer) => Complaint;

const SHOWN = 300;

/** An answer in a line, for a report. */
export function describeAnswer({ status, text, body }: Answer): string {
  if (status !== 200) return `HTTP ${status} ${body.error ?? ''} ${body.message ?? text}`.slice(0, SHOWN);
  if (body.success === true)
    return `result ${JSON.stringify(body.result)} ${body.stdout ?? ''}`.slice(0, SHOWN);
  return `${body.error ?? 'no error'} (${body.return_code ?? ''}): ${body.message ?? ''} ${body.stderr ?? ''}`.slice(
    0,
    SHOWN,
  );
}

const complain = (answer: Answer, expected: string): string =>
  `answered ${describeAnswer(answer).trim()}; expected was ${expected}`;

/** The script ran to its end, and returned one of these. */
export const returns =
  (...values: readonly unknown[]): Judge =>
  (answer) =>
    answer.status === 200 &&
    answer.body.success === true &&
    values.some((value) => isDeepStrictEqual(answer.body.result, value))
      ? undefined
      : complain(answer, `result ${values.map((value) => JSON.stringify(value)).join(' or ')}`);

/** The script returned an array, and nothing but these is in it. */
export const returnsOnly =
  (...members: readonly unknown[]): Judge =>
  (answer) =>
    answer.body.success === true &&
    Array.isArray(answer.body.result) &&
    answer.body.result.every((one) => members.includes(one))
      ? undefined
      : complain(answer, `an array of ${members.join(', ')}`);

/** The script returned a number up to this one. */
export const returnsAtMost =
  (most: number): Judge =>
  (answer) =>
    typeof answer.body.result === 'number' && answer.body.result <= most
      ? undefined
      : complain(answer, `a number up to ${most}`);

/** The program wrote this, and nothing else. */
export const prints =
  (...texts: readonly string[]): Judge =>
  (answer) =>
    answer.status === 200 && texts.includes(answer.body.stdout ?? '')
      ? undefined
      : complain(answer, `output ${texts.map((text) => JSON.stringify(text)).join(' or ')}`);

/** The script failed in one of these ways. */
export const fails =
  (...categories: readonly string[]): Judge =>
  (answer) =>
    answer.status === 200 && answer.body.success === false && categories.includes(answer.body.error ?? '')
      ? undefined
      : complain(answer, categories.join(' or '));

/** These members of the answer have these values. */
export const answers =
  (members: Readonly<Record<string, unknown>>): Judge =>
  (answer) =>
    answer.status === 200 &&
    Object.entries(members).every(([name, value]) =>
      isDeepStrictEqual((answer.body as Readonly<Record<string, unknown>>)[name], value),
    )
      ? undefined
      : complain(answer, JSON.stringify(members));

/** The request was refused, in words that hold this. */
export const refuses =
  (status: number, error: string, says?: RegExp): Judge =>
  (answer) =>
    answer.status === status &&
    answer.body.error === error &&
    (says === undefined || says.test(answer.body.message ?? ''))
      ? undefined
      : complain(answer, `HTTP ${status} ${error}${says === undefined ? '' : ` that says ${says.source}`}`);

export const both =
  (...judges: readonly Judge[]): Judge =>
  (answer) =>
    judges.map((judge) => judge(answer)).find((complaint) => complaint !== undefined);

/** The cgroup never counted more. */
export const peaksBelow =
  (mebibytes: number): Judge =>
  ({ body }) => {
    const peak = (body.execution?.memory_peak_bytes ?? 0) / 1024 / 1024;
    return peak <= mebibytes
      ? undefined
      : `${Math.ceil(peak)} MiB were held at once, allowed were ${mebibytes}`;
  };

/** It was over by then: a bound that catches what hangs, not a measurement. */
export const lastsAtMost =
  (milliseconds: number): Judge =>
  ({ body }) => {
    const lasted = body.execution?.duration_ms ?? 0;
    return lasted <= milliseconds
      ? undefined
      : `it lasted ${Math.round(lasted)} ms, allowed were ${milliseconds}`;
  };
