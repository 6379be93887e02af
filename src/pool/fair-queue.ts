import type { Queue, QueueAddOptions } from 'p-queue';

type Run = () => Promise<unknown>;

export interface FairOptions extends QueueAddOptions {
  /** Whose task it is. */
  readonly caller?: string;
}

interface Waiting {
  readonly run: Run;
  readonly id: string | undefined;
}

/**
 * A queue for p-queue in which callers take turns: however many tasks one has waiting, another's first one is next but one.
 * Each caller's own tasks stay in their order.
 */
export class FairQueue implements Queue<Run, FairOptions> {
  /** In the order of turns: the first caller is served next and then goes to the end. */
  readonly #lines = new Map<string, Waiting[]>();

  get size(): number {
    let size = 0;
    for (const line of this.#lines.values()) size += line.length;
    return size;
  }

  enqueue(run: Run, { caller = '', id }: Partial<FairOptions> = {}): void {
    const line = this.#lines.get(caller);
    if (line === undefined) this.#lines.set(caller, [{ run, id }]);
    else line.push({ run, id });
  }

  dequeue(): Run | undefined {
    const [next] = this.#lines;
    if (next === undefined) return undefined;
    const [caller, line] = next;
    this.#lines.delete(caller);
    const first = line.shift();
    if (line.length > 0) this.#lines.set(caller, line);
    return first?.run;
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
