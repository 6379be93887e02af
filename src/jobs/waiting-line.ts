/** A job in the line of its owner. */
export interface Waiting {
  readonly owner: string;
  readonly priority: number;
  /** Maximum number of the owner's jobs under way; undefined for any number. */
  readonly share: number | undefined;
}

/** Jobs that wait to be started. Owners take turns; of one owner's jobs the highest priority comes first. */
export interface WaitingLine<T extends Waiting> {
  add(item: T): void;
  remove(item: T): void;
  /** Takes the next job whose owner has fewer under way than its share. */
  take(running: (owner: string) => number): T | undefined;
}

export function createWaitingLine<T extends Waiting>(): WaitingLine<T> {
  /** By owner, in the order of their turns; by priority within, the oldest first. */
  const lines = new Map<string, Map<number, Set<T>>>();

  const remove = (item: T): void => {
    const line = lines.get(item.owner);
    const level = line?.get(item.priority);
    level?.delete(item);
    if (level?.size === 0) line?.delete(item.priority);
    if (line?.size === 0) lines.delete(item.owner);
  };

  return {
    add: (item) => {
      const line = lines.get(item.owner) ?? new Map<number, Set<T>>();
      const level = line.get(item.priority) ?? new Set<T>();
      lines.set(item.owner, line.set(item.priority, level.add(item)));
    },
    remove,
    take: (running) => {
      for (const [owner, line] of lines) {
        const [next] = line.get(Math.max(...line.keys())) ?? [];
        if (next === undefined || running(owner) >= (next.share ?? Infinity)) continue;
        remove(next);
        // The owner's next turn is after all others'.
        const rest = lines.get(owner);
        if (rest !== undefined) {
          lines.delete(owner);
          lines.set(owner, rest);
        }
        return next;
      }
      return undefined;
    },
  };
}
