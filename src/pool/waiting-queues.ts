/** Units that a request asks for. */
export interface Wanted {
  readonly caller: string;
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
  lengthOf(caller: string): number;
  /** Adds a request. Callers that have units already stay behind those that have none. */
  join(waiting: Waiting, hasUnits: (caller: string) => boolean): void;
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

  const remove = (caller: string, queue: Waiting[], at: number): void => {
    queue.splice(at, 1);
    size -= 1;
    if (queue.length === 0) queues.delete(caller);
  };

  return {
    get size() {
      return size;
    },
    lengthOf: (caller) => queues.get(caller)?.length ?? 0,
    join: (waiting, hasUnits) => {
      size += 1;
      const queue = queues.get(waiting.caller);
      if (queue !== undefined) return void queue.push(waiting);
      const all = [...queues];
      const at = hasUnits(waiting.caller) ? -1 : all.findIndex(([caller]) => hasUnits(caller));
      queues = new Map(all.toSpliced(at < 0 ? all.length : at, 0, [waiting.caller, [waiting]]));
    },
    takeNext: (mayStart) => {
      for (const [caller, queue] of queues) {
        const [first] = queue;
        if (first === undefined || !mayStart(first)) continue;
        queues.delete(caller);
        queues.set(caller, queue);
        remove(caller, queue, 0);
        return first;
      }
      return undefined;
    },
    leave: (waiting) => {
      const queue = queues.get(waiting.caller) ?? [];
      const at = queue.indexOf(waiting);
      if (at >= 0) remove(waiting.caller, queue, at);
    },
    longest: () =>
      [...queues.values()].reduce((most, queue) => (queue.length > most.length ? queue : most), []),
    list: () => [...queues.values()].flat(),
  };
}
