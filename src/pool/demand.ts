export interface DemandOptions {
  readonly min: number;
  readonly max: number;
  /** Milliseconds without a caller after which one item fewer is wanted. */
  readonly shrinkAfterMs: number;
  /** Called with the new number of wanted items. */
  readonly onShrink: (wanted: number) => void;
}

/** Number of items to keep ready: one more when a caller found none, one fewer after a while without callers. */
export interface Demand {
  wanted(): number;
  /** Records that a caller came. */
  note(foundOne: boolean): void;
  /** Stops shrinking. */
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
