/** A share of a resource that a queue hands out; disposing of it admits the next request. */
export interface Turn extends Disposable {
  /** Duration of the wait, in milliseconds. */
  readonly waitedMs: number;
}

/** Units in use, by caller. */
export interface Units {
  /** Units of all callers. */
  readonly used: number;
  /** Turns not returned yet. */
  readonly turns: number;
  heldBy(queueKey: string): number;
  /** Hands out units. Disposing of the turn returns them and calls `onBack`. */
  give(queueKey: string, weight: number, waitedMs: number): Turn;
}

export function createUnits(onBack: () => void): Units {
  /** Units of each caller that has any. */
  const held = new Map<string, number>();
  let used = 0;
  let turns = 0;

  const heldBy = (queueKey: string): number => held.get(queueKey) ?? 0;

  const count = (queueKey: string, weight: number): void => {
    used += weight;
    turns += Math.sign(weight);
    const now = heldBy(queueKey) + weight;
    if (now === 0) held.delete(queueKey);
    else held.set(queueKey, now);
  };

  return {
    get used() {
      return used;
    },
    get turns() {
      return turns;
    },
    heldBy,
    give: (queueKey, weight, waitedMs) => {
      let isBack = weight === 0;
      count(queueKey, weight);
      return {
        waitedMs,
        [Symbol.dispose]: () => {
          if (isBack) return;
          isBack = true;
          count(queueKey, -weight);
          onBack();
        },
      };
    },
  };
}
