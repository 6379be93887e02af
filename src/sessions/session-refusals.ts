import { Refusal } from '../core/contract/refusal.ts';
import type { JailFailure } from '../sandbox/sandbox.ts';
import { lossReasons, type LossReason } from '../core/contract/sessions/session-state.ts';

const openAnother =
  'Open another session with POST /sessions, and run there again what made the names that you need.';

export const noSuchSession = (): Refusal =>
  new Refusal('not_found', 'There is no such session.', {
    suggestions: ['GET /sessions lists your sessions.'],
  });

/** @param at milliseconds since 1970; undefined when nobody knows. */
export const sessionLost = (reason: LossReason, at: number | undefined): Refusal => {
  const when = at === undefined ? undefined : new Date(at).toISOString();
  return new Refusal(
    'session_lost',
    `The session ended${when === undefined ? '' : ` at ${when}`}: ${lossReasons[reason]}.`,
    { kind: reason, suggestions: [openAnother], ...(when === undefined ? {} : { lostAt: when }) },
  );
};

export const sessionBusy = (): Refusal =>
  new Refusal('busy', 'The session runs something else.', {
    retryAfter: 1,
    suggestions: ['Wait for its end, or interrupt it with POST /sessions/{id}/interrupt.'],
  });

export const stillOpening = (): Refusal =>
  new Refusal('busy', 'The session is being opened.', { retryAfter: 1 });

export const noPlace = (whose: 'all' | 'own'): Refusal =>
  new Refusal(
    'overloaded',
    whose === 'all' ? 'There is no place for another session.' : 'You have as many sessions as you may.',
    {
      retryAfter: 30,
      suggestions: ['Close a session that you need no more: DELETE /sessions/{id}.'],
    },
  );

export const shuttingDown = (): Refusal =>
  new Refusal('overloaded', 'The service is shutting down.', { retryAfter: 5 });

/** The machine failed, and no script. */
export const refuseFor = (failure: JailFailure): Refusal =>
  new Refusal('sandbox_unavailable', failure.message, {
    suggestions: failure.remedy === undefined ? [] : [failure.remedy],
    retryAfter: 5,
    cause: failure,
  });

export const noSuchFile = (path: string): Refusal =>
  new Refusal('not_found', `There is no file ${JSON.stringify(path)} in the session.`, {
    suggestions: ['GET /sessions/{id}/files lists its files.'],
  });

export const fileTooLarge = (path: string): Refusal =>
  new Refusal('payload_too_large', `The file ${JSON.stringify(path)} is larger than what is returned.`, {
    suggestions: ['Return a part of it, or compress it first.'],
  });

export const notWritten = (why: string): Refusal =>
  new Refusal('invalid_input', `The file could not be written: ${why}`, {
    suggestions: [
      "Remove files that are not needed, or ask for a larger disk_mb: it bounds the session's files.",
    ],
  });
