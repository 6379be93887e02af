/** Units that somebody wants. */
export interface Wanted {
  readonly caller: string;
  readonly weight: number;
  /** Most units that its caller has at once. */
  readonly share: number;
}

/** One request in the waiting room. */
export interface Waiting extends Wanted {
  readonly start: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** Requests that wait, each caller's own in their order. Callers take turns: who is served goes to the end. */
export interface WaitingLines {
  /** Requests of all callers. */
  readonly size: number;
  lengthOf(caller: string): number;
  /** Callers that have units already stay behind those that have none. */
  join(waiting: Waiting, hasUnits: (caller: string) => boolean): void;
  /** The next request that may start, without the place that it had. A line whose first one may not is passed over. */
  takeNext(mayStart: (wanted: Wanted) => boolean): Waiting | undefined;
  leave(waiting: Waiting): void;
  /** The line of the caller with the most. */
  longest(): readonly Waiting[];
  list(): readonly Waiting[];
}

export function createWaitingLines(): WaitingLines {
  /** In the order of turns. */
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
