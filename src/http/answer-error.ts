import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { Refusal } from '../core/contract/refusal.ts';
import type { AppEnv, Incident } from './app-env.ts';
import { labelRequest } from './watch-request.ts';
import { respondRefusal, type RefusalExtras } from './respond-refusal.ts';

/** Wraps a thrown value that is no Error, because Hono passes on Errors only. */
class ThrownValue extends Error {
  override readonly name = 'ThrownValue';
}

/** Wraps thrown values that are no Error (a signal's reason is often a string), so that they are answered too. */
export const wrapThrownValues: MiddlewareHandler<AppEnv> = async (_c, next) => {
  try {
    await next();
  } catch (thrown) {
    throw thrown instanceof Error ? thrown : new ThrownValue('not an Error', { cause: thrown });
  }
};

/** Unwraps a thrown value. */
export const unwrapThrown = (error: unknown): unknown => (error instanceof ThrownValue ? error.cause : error);

/** Answers an error. */
export function answerError(
  error: Error,
  c: Context<AppEnv>,
  onIncident: (incident: Incident) => void,
): Response {
  const { refusal, ...extras } = toRefusal(unwrapThrown(error), c, onIncident);
  return respondRefusal(c, refusal, extras);
}

/**
 * Converts a thrown value into a refusal: a refusal as it is, anything else into an `internal_error` with the id of
 * an incident and no internal detail.
 */
export function toRefusal(
  thrown: unknown,
  c: Context<AppEnv>,
  onIncident: (incident: Incident) => void,
): RefusalExtras & { readonly refusal: Refusal } {
  if (isDisconnect(thrown, c.get('disconnect'))) {
    // The caller is gone, so nobody reads it.
    return { refusal: new Refusal('invalid_input', 'The caller went away.'), status: 408 };
  }
  if (thrown instanceof Refusal && thrown.category !== 'internal_error') return { refusal: thrown };
  const id = randomUUID();
  onIncident({ id, error: thrown, request: labelRequest(c) });
  return { refusal: describeIncident(thrown), incident: id };
}

function describeIncident(cause: unknown): Refusal {
  return new Refusal('internal_error', 'The service failed; the script may or may not have run.', {
    suggestions: ['Try again; if it persists, give the incident id to whoever runs this service.'],
    cause,
  });
}

/** True when the caller of an execution went away: the executor rejects with the signal's reason. */
function isDisconnect(thrown: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return thrown === signal.reason || (thrown instanceof Error && thrown.name === 'AbortError');
}
