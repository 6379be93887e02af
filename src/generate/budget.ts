import { Refusal } from '../core/refusal.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Calls that may still be made until midnight UTC. It is kept in memory: a restart begins anew. */
export interface CallBudget {
  /** Counts a call. @throws Refusal `overloaded`, to be tried again after midnight UTC, where none is left. */
  take(): void;
}

/** @param perDay most calls of one day; 0 is no bound. */
export function createCallBudget(perDay: number, now: () => number = Date.now): CallBudget {
  let day = Math.floor(now() / DAY);
  let taken = 0;
  return {
    take: () => {
      const time = now();
      const today = Math.floor(time / DAY);
      // Never back: a clock that is set back gives no second budget.
      if (today > day) [day, taken] = [today, 0];
      if (perDay > 0 && taken >= perDay) throw exhausted(((day + 1) * DAY - time) / 1000);
      taken += 1;
    },
  };
}

const exhausted = (retryAfter: number): Refusal =>
  new Refusal('overloaded', "The day's calls of the model are used up.", {
    retryAfter,
    suggestions: [
      'Send the request again after midnight UTC (Retry-After), or send a script to /execute.',
      'The operator can allow more with BRIG_LLM_DAILY_CALLS.',
    ],
  });
