import { Refusal } from '../core/contract/refusal.ts';

/** Redis cannot be reached, or cannot be used: nothing was promised. */
export const unreachable = (cause?: unknown): Refusal =>
  new Refusal('unavailable', 'What the service shares with others cannot be reached.', {
    retryAfter: 5,
    suggestions: [
      'Send the same request again after the seconds in Retry-After; with an Idempotency-Key it counts once.',
      'The operator finds the reason in GET /health and in the log.',
    ],
    cause,
  });

const isFull = (message: string): boolean => message.startsWith('OOM ');

/** Errors of Redis itself that pass, or that its operator mends. */
const passing =
  /^(?:LOADING|BUSY|MISCONF|READONLY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|NOREPLICAS|NOAUTH|WRONGPASS|NOPERM|UNBLOCKED)\b/;

/** Converts an error of a command to what a caller may know; errors of the program stay as they are. */
export function toRefusal(error: unknown): unknown {
  if (error instanceof Refusal || !(error instanceof Error)) return error;
  if (isFull(error.message)) {
    return new Refusal('overloaded', 'What the service shares with others is full.', {
      retryAfter: 30,
      suggestions: ['Send the request again after the seconds in Retry-After.'],
      cause: error,
    });
  }
  // Every other answer of Redis means that a command was wrong.
  return error.name === 'ReplyError' && !passing.test(error.message) ? error : unreachable(error);
}
