import type { Queue, QueueAddOptions } from 'p-queue';

type Run = () => Promise<unknown>;

export interface FairOptions extends QueueAddOptions {
  /** Whose task it is. */
  readonly caller?: string;
  /** How many more of this caller's tasks may start now; as many as there are places where it is left out. */
  readonly allowance?: (() => number) | undefined;
}

interface Waiting {
  readonly run: Run;
  readonly id: string | undefined;
  readonly allowance: FairOptions['allowance'];
}

/**
 * A queue for p-queue in which callers take turns: however many tasks one has waiting, another's first one is next but one.
 * Each caller's own tasks stay in their order. A line that has all it is allowed is passed over until one of its tasks ends.
 */
export class FairQueue implements Queue<Run, FairOptions> {
  /** In the order of turns: the first caller is served next and then goes to the end. */
  readonly #lines = new Map<string, Waiting[]>();

  /** Tasks that could start if there were places: p-queue asks for one as long as there are any. */
  get size(): number {
    let size = 0;
    for (const line of this.#lines.values()) size += countReady(line);
    return size;
  }

  enqueue(run: Run, { caller = '', id, allowance }: Partial<FairOptions> = {}): void {
    const line = this.#lines.get(caller);
    if (line === undefined) this.#lines.set(caller, [{ run, id, allowance }]);
    else line.push({ run, id, allowance });
  }

  dequeue(): Run | undefined {
    for (const [caller, line] of this.#lines) {
      if (countReady(line) === 0) continue;
      this.#lines.delete(caller);
      const first = line.shift();
      if (line.length > 0) this.#lines.set(caller, line);
      return first?.run;
    }
    return undefined;
  }

  remove(which: string | Run): void {
    for (const [caller, line] of this.#lines) {
      const at = line.findIndex(({ run, id }) => run === which || id === which);
      if (at < 0) continue;
      line.splice(at, 1);
      if (line.length === 0) this.#lines.delete(caller);
      return;
    }
  }

  filter({ caller }: Readonly<Partial<FairOptions>>): Run[] {
    const lines = caller === undefined ? [...this.#lines.values()] : [this.#lines.get(caller) ?? []];
    return lines.flat().map(({ run }) => run);
  }

  /** Turns have no priorities. */
  setPriority(): void {}
}

const countReady = (line: readonly Waiting[]): number =>
  Math.min(line.length, Math.max(0, line[0]?.allowance?.() ?? Infinity));
