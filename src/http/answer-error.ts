import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { Refusal } from '../core/refusal.ts';
import type { AppEnv, Incident } from './app-env.ts';
import { labelRequest } from './watch-request.ts';
import { respondRefusal, type RefusalExtras } from './respond-refusal.ts';

/** Something that is no Error was thrown; Hono hands on nothing else. */
class ThrownValue extends Error {
  override readonly name = 'ThrownValue';
}

/** Makes an Error of whatever else is thrown (a signal's reason is often a string), so that it is answered too. */
export const wrapThrownValues: MiddlewareHandler<AppEnv> = async (_c, next) => {
  try {
    await next();
  } catch (thrown) {
    throw thrown instanceof Error ? thrown : new ThrownValue('not an Error', { cause: thrown });
  }
};

/** What was thrown, whatever was made of it. */
export const unwrapThrown = (error: unknown): unknown => (error instanceof ThrownValue ? error.cause : error);

/** Answers what was thrown on the way. */
export function answerError(
  error: Error,
  c: Context<AppEnv>,
  onIncident: (incident: Incident) => void,
): Response {
  const { refusal, ...extras } = toRefusal(unwrapThrown(error), c, onIncident);
  return respondRefusal(c, refusal, extras);
}

/**
 * What is said of something that was thrown: a refusal is itself, all else an `internal_error` with the id of an incident
 * and nothing of our insides.
 */
export function toRefusal(
  thrown: unknown,
  c: Context<AppEnv>,
  onIncident: (incident: Incident) => void,
): RefusalExtras & { readonly refusal: Refusal } {
  if (isDisconnect(thrown, c.get('disconnect'))) {
    // Nobody reads it: the caller is gone.
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

/** Whether an execution was ended because its caller went away: the executor rejects with the signal's reason. */
function isDisconnect(thrown: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return thrown === signal.reason || (thrown instanceof Error && thrown.name === 'AbortError');
}
