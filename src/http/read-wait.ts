import { Refusal } from '../core/contract/refusal.ts';
import { requestCaps } from '../core/contract/request.ts';

/** Reads the seconds that a caller waits, from a query. @throws Refusal */
export function readWait(text = '0'): number {
  // Only numbers: Number('') is 0 in JavaScript.
  const seconds = /^\d[\d.eE+-]{0,30}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 0 && seconds <= requestCaps.waitSeconds) return seconds;
  throw new Refusal('invalid_input', `wait must be a number of seconds, at most ${requestCaps.waitSeconds}.`);
}
