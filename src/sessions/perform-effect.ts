import type { SessionEffect, SessionEvent } from '../core/sessions/advance-session.ts';
import type { SessionRecord } from './session-record.ts';

export interface Surroundings {
  /** Milliseconds. */
  readonly freezeAfter: number;
  readonly apply: (event: SessionEvent) => void;
  /** Called when nothing of its jail is left. */
  readonly onEnded: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Longest time of a timer in Node. */
const MOST_TIMER_MS = 2 ** 31 - 1;

const later = (act: () => void, ms: number): NodeJS.Timeout =>
  setTimeout(act, Math.min(ms, MOST_TIMER_MS)).unref();

/** Does what follows from a change of a session; nothing else touches its jail and its timers. */
export function performEffect(record: SessionRecord, effect: SessionEffect, around: Surroundings): void {
  const { session, timers } = record;
  switch (effect) {
    case 'wait':
      record.usedAt = Date.now();
      timers.idle = later(() => around.apply({ type: 'lose', reason: 'idle' }), record.idleTimeout);
      if (session?.canFreeze === true)
        timers.freeze = later(() => around.apply({ type: 'freeze' }), around.freezeAfter);
      timers.life ??= later(() => around.apply({ type: 'lose', reason: 'lifetime' }), leftOf(record));
      return;
    case 'awake':
      record.usedAt = Date.now();
      clearTimeout(timers.idle);
      clearTimeout(timers.freeze);
      return;
    case 'freeze':
      return session?.freeze();
    case 'thaw':
      return session?.thaw();
    case 'interrupt':
      return session?.interrupt();
    case 'end':
      clearTimeout(timers.life);
      record.ended.abort();
      void endJail(record, around);
  }
}

const leftOf = ({ createdAt, lifetime }: SessionRecord): number => createdAt + lifetime - Date.now();

async function endJail({ jail, gone }: SessionRecord, { onEnded, onFailure }: Surroundings): Promise<void> {
  try {
    await jail?.[Symbol.asyncDispose]();
  } catch (error) {
    onFailure(error);
  } finally {
    onEnded();
    gone.resolve();
  }
}
