export interface DemandOptions {
  readonly min: number;
  readonly max: number;
  /** Milliseconds without a taker after which one fewer is wanted. */
  readonly shrinkAfterMs: number;
  /** Called with the number that is wanted from now on. */
  readonly onShrink: (wanted: number) => void;
}

/** How many are to wait: one more whenever a taker found none, one fewer whenever nobody came for a while. */
export interface Demand {
  wanted(): number;
  /** Somebody came. */
  note(foundOne: boolean): void;
  /** Shrinks no more. */
  stop(): void;
}

export function createDemand({ min, max, shrinkAfterMs, onShrink }: DemandOptions): Demand {
  const fewest = Math.min(min, max);
  let wanted = fewest;
  let timer: NodeJS.Timeout | undefined;

  const scheduleShrink = (): void => {
    clearTimeout(timer);
    if (wanted <= fewest) return;
    timer = setTimeout(() => {
      wanted -= 1;
      onShrink(wanted);
      scheduleShrink();
    }, shrinkAfterMs).unref();
  };

  return {
    wanted: () => wanted,
    note: (foundOne) => {
      if (!foundOne) wanted = Math.min(max, wanted + 1);
      scheduleShrink();
    },
    stop: () => clearTimeout(timer),
  };
}
