/** What a queue hands out; disposing of it lets the next one in. */
export interface Turn extends Disposable {
  /** How long it was waited for, in milliseconds. */
  readonly waitedMs: number;
}

/** Units that are given out, and to whom. */
export interface Units {
  /** Units that all callers have. */
  readonly used: number;
  /** Turns that are not given back. */
  readonly turns: number;
  heldBy(caller: string): number;
  /** Gives units out; they are back when the turn is disposed of, which `onBack` is told. */
  give(caller: string, weight: number, waitedMs: number): Turn;
}

export function createUnits(onBack: () => void): Units {
  /** Units of each caller that has any. */
  const held = new Map<string, number>();
  let used = 0;
  let turns = 0;

  const heldBy = (caller: string): number => held.get(caller) ?? 0;

  const count = (caller: string, weight: number): void => {
    used += weight;
    turns += Math.sign(weight);
    const now = heldBy(caller) + weight;
    if (now === 0) held.delete(caller);
    else held.set(caller, now);
  };

  return {
    get used() {
      return used;
    },
    get turns() {
      return turns;
    },
    heldBy,
    give: (caller, weight, waitedMs) => {
      let isBack = weight === 0;
      count(caller, weight);
      return {
        waitedMs,
        [Symbol.dispose]: () => {
          if (isBack) return;
          isBack = true;
          count(caller, -weight);
          onBack();
        },
      };
    },
  };
}
