/** Units that a request asks for. */
export interface Wanted {
  readonly queueKey: string;
  readonly weight: number;
  /** Maximum number of units of its caller at once. */
  readonly share: number;
}

/** One request in the waiting room. */
export interface Waiting extends Wanted {
  readonly start: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** Waiting requests, in order for each caller. Callers take turns: one that was served goes to the end. */
export interface WaitingQueues {
  /** Count of all waiting requests. */
  readonly size: number;
  lengthOf(queueKey: string): number;
  /** Adds a request. Callers that have units already stay behind those that have none. */
  join(waiting: Waiting, hasUnits: (queueKey: string) => boolean): void;
  /** Removes and returns the next request that may start. Skips a queue whose first request may not. */
  takeNext(mayStart: (wanted: Wanted) => boolean): Waiting | undefined;
  leave(waiting: Waiting): void;
  /** Returns the longest queue of a caller. */
  longest(): readonly Waiting[];
  list(): readonly Waiting[];
}

export function createWaitingQueues(): WaitingQueues {
  /** In order of turns. */
  let queues = new Map<string, Waiting[]>();
  let size = 0;

  const remove = (queueKey: string, queue: Waiting[], at: number): void => {
    queue.splice(at, 1);
    size -= 1;
    if (queue.length === 0) queues.delete(queueKey);
  };

  return {
    get size() {
      return size;
    },
    lengthOf: (queueKey) => queues.get(queueKey)?.length ?? 0,
    join: (waiting, hasUnits) => {
      size += 1;
      const queue = queues.get(waiting.queueKey);
      if (queue !== undefined) return void queue.push(waiting);
      const all = [...queues];
      const at = hasUnits(waiting.queueKey) ? -1 : all.findIndex(([queueKey]) => hasUnits(queueKey));
      queues = new Map(all.toSpliced(at < 0 ? all.length : at, 0, [waiting.queueKey, [waiting]]));
    },
    takeNext: (mayStart) => {
      for (const [queueKey, queue] of queues) {
        const [first] = queue;
        if (first === undefined || !mayStart(first)) continue;
        queues.delete(queueKey);
        queues.set(queueKey, queue);
        remove(queueKey, queue, 0);
        return first;
      }
      return undefined;
    },
    leave: (waiting) => {
      const queue = queues.get(waiting.queueKey) ?? [];
      const at = queue.indexOf(waiting);
      if (at >= 0) remove(waiting.queueKey, queue, at);
    },
    longest: () =>
      [...queues.values()].reduce((most, queue) => (queue.length > most.length ? queue : most), []),
    list: () => [...queues.values()].flat(),
  };
}
