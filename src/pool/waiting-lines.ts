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
export interface WaitingLines {
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

export function createWaitingLines(): WaitingLines {
  /** In order of turns. */
  let lines = new Map<string, Waiting[]>();
  let size = 0;

  const remove = (caller: string, line: Waiting[], at: number): void => {
    line.splice(at, 1);
    size -= 1;
    if (line.length === 0) lines.delete(caller);
  };

  return {
    get size() {
      return size;
    },
    lengthOf: (caller) => lines.get(caller)?.length ?? 0,
    join: (waiting, hasUnits) => {
      size += 1;
      const line = lines.get(waiting.caller);
      if (line !== undefined) return void line.push(waiting);
      const all = [...lines];
      const at = hasUnits(waiting.caller) ? -1 : all.findIndex(([caller]) => hasUnits(caller));
      lines = new Map(all.toSpliced(at < 0 ? all.length : at, 0, [waiting.caller, [waiting]]));
    },
    takeNext: (mayStart) => {
      for (const [caller, line] of lines) {
        const [first] = line;
        if (first === undefined || !mayStart(first)) continue;
        lines.delete(caller);
        lines.set(caller, line);
        remove(caller, line, 0);
        return first;
      }
      return undefined;
    },
    leave: (waiting) => {
      const line = lines.get(waiting.caller) ?? [];
      const at = line.indexOf(waiting);
      if (at >= 0) remove(waiting.caller, line, at);
    },
    longest: () => [...lines.values()].reduce((most, line) => (line.length > most.length ? line : most), []),
    list: () => [...lines.values()].flat(),
  };
}
