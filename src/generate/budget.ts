import { Refusal } from '../core/contract/refusal.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Calls left until midnight UTC. */
export interface CallBudget {
  /**
   * Counts a call.
   * @param key name of the caller's API key, which has a share of the day's calls; callers without a key have no
   * share of their own.
   * @throws Refusal `overloaded`, to be retried after midnight UTC, when no call is left; `unavailable` when the count
   * is shared and cannot be asked for.
   */
  take(key?: string): Promise<void>;
}

/** Returns the most calls of one key. */
export const shareOf = (perDay: number, keyShare: number): number =>
  Math.max(1, Math.ceil(perDay * keyShare));

/**
 * Creates a budget in memory: a restart begins anew.
 * @param perDay most calls of one day; 0 for no bound.
 * @param keyShare share of them that one key may use, from 0 to 1.
 */
export function createCallBudget(perDay: number, keyShare = 1, now: () => number = Date.now): CallBudget {
  const perKey = shareOf(perDay, keyShare);
  const byKey = new Map<string, number>();
  let day = Math.floor(now() / DAY);
  let taken = 0;
  return {
    take: async (key) => {
      const time = now();
      const today = Math.floor(time / DAY);
      // Never back: a clock that is set back gives no second budget.
      if (today > day) {
        [day, taken] = [today, 0];
        byKey.clear();
      }
      const left = ((day + 1) * DAY - time) / 1000;
      if (perDay > 0 && taken >= perDay) throw dayExhausted(left);
      const own = key === undefined ? 0 : (byKey.get(key) ?? 0);
      if (perDay > 0 && own >= perKey) throw shareExhausted(perKey, left);
      taken += 1;
      if (key !== undefined) byKey.set(key, own + 1);
    },
  };
}

/** @param left seconds until midnight UTC. */
export const dayExhausted = (left: number): Refusal =>
  exhausted("The day's calls of the model are used up.", left);

export const shareExhausted = (perKey: number, left: number): Refusal =>
  exhausted(`Your share of the day's calls of the model, ${perKey}, is used up.`, left);

const exhausted = (message: string, retryAfter: number): Refusal =>
  new Refusal('overloaded', message, {
    retryAfter,
    suggestions: [
      'Send the request again after midnight UTC (Retry-After), or send a script to /execute.',
      'The operator can allow more with BRIG_LLM_DAILY_CALLS and BRIG_LLM_KEY_SHARE.',
    ],
  });
