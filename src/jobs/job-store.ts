import { measureOrder, type JobRecord } from './job-record.ts';
import { noRoom, noSuchJob } from './job-refusals.ts';
import type { JobOrder } from './jobs.ts';

/** All jobs in memory, the oldest first, and the room that they take. */
export interface JobStore {
  /** @throws Refusal `not_found` */
  find(owner: string, id: string): JobRecord;
  peek(owner: string, id: string): JobRecord | undefined;
  all(): IterableIterator<JobRecord>;
  /**
   * Returns the jobs of an owner, the newest first: those before one of them, if it is named.
   * @throws Refusal `not_found`
   */
  listOf(owner: string, before?: string): JobRecord[];
  add(record: JobRecord): void;
  forget(record: JobRecord): void;
  /** Marks a job as final, with the bytes of its outcome. */
  finish(record: JobRecord, bytes: number): void;
  /** @throws Refusal `overloaded` when an owner's orders would leave too little for others. */
  requireRoom(owner: string, orders: readonly JobOrder[]): void;
}

export interface StoreBounds {
  /** Jobs that are kept, final ones included. */
  readonly mostJobs: number;
  /** Bytes of all jobs. */
  readonly mostBytes: number;
}

/** Jobs of one kind of one owner. */
interface Held {
  readonly records: Set<JobRecord>;
  bytes: number;
}

/** An owner may always have so much, whatever others do. */
const ALWAYS = { jobs: 1, bytes: 256 * 1024 };

const nameOf = (owner: string, id: string): string => JSON.stringify([owner, id]);

/**
 * An owner may have as many jobs that are not final as it leaves free: one gets half of all, two a third each, and
 * a newcomer finds some. Final ones make way for them, first those of the owner with the most.
 */
export function createJobStore({ mostJobs, mostBytes }: StoreBounds): JobStore {
  const records = new Map<string, JobRecord>();
  const open = createTally();
  const final = createTally();

  const peek = (owner: string, id: string): JobRecord | undefined => records.get(nameOf(owner, id));
  const forget = (record: JobRecord): void => {
    clearTimeout(record.timer);
    records.delete(nameOf(record.owner, record.id));
    open.remove(record);
    final.remove(record);
  };
  const makeRoom = (): void => {
    for (;;) {
      const isCrowded = records.size > mostJobs;
      if (!isCrowded && open.bytes() + final.bytes() <= mostBytes) return;
      // Whoever has many small ones takes no room from whoever has a few large ones, nor the other way round.
      const oldest = final.oldestOf(isCrowded ? 'most' : 'largest');
      if (oldest === undefined) return;
      forget(oldest);
    }
  };

  return {
    peek,
    find: (owner, id) => {
      const record = peek(owner, id);
      if (record === undefined) throw noSuchJob();
      return record;
    },
    all: () => records.values(),
    listOf: (owner, before) => {
      const own = [...records.values()].filter((record) => record.owner === owner);
      const at = before === undefined ? own.length : own.findIndex(({ id }) => id === before);
      if (at === -1) throw noSuchJob();
      return own.slice(0, at).toReversed();
    },
    add: (record) => {
      records.set(nameOf(record.owner, record.id), record);
      open.add(record);
      makeRoom();
    },
    forget,
    finish: (record, bytes) => {
      // It may have been forgotten meanwhile.
      if (!open.remove(record)) return;
      record.bytes = bytes;
      final.add(record);
      makeRoom();
    },
    requireRoom: (owner, orders) => {
      const size = orders.reduce((sum, order) => sum + measureOrder(order), 0);
      const own = open.of(owner);
      if (own.records.size + orders.length > Math.max(mostJobs - open.count(), ALWAYS.jobs))
        throw noRoom('more jobs');
      if (own.bytes + size > Math.max(mostBytes - open.bytes(), ALWAYS.bytes))
        throw noRoom('jobs of this size');
    },
  };
}

function createTally() {
  const byOwner = new Map<string, Held>();
  let [count, bytes] = [0, 0];
  const of = (owner: string): Held => byOwner.get(owner) ?? { records: new Set(), bytes: 0 };
  const change = (record: JobRecord, sign: 1 | -1): void => {
    const held = of(record.owner);
    held.bytes += sign * record.bytes;
    bytes += sign * record.bytes;
    count += sign;
    if (held.records.size === 0) byOwner.delete(record.owner);
    else byOwner.set(record.owner, held);
  };
  return {
    of,
    count: () => count,
    bytes: () => bytes,
    add: (record: JobRecord): void => {
      const held = of(record.owner);
      byOwner.set(record.owner, held);
      held.records.add(record);
      change(record, 1);
    },
    /** Returns whether it was there. */
    remove: (record: JobRecord): boolean => {
      const isThere = of(record.owner).records.delete(record);
      if (isThere) change(record, -1);
      return isThere;
    },
    /** Returns the oldest record of the owner with the most of them, or with the most bytes. */
    oldestOf: (which: 'most' | 'largest'): JobRecord | undefined => {
      const measure = ({ records, bytes: own }: Held): number => (which === 'most' ? records.size : own);
      let greatest: Held | undefined;
      for (const held of byOwner.values())
        if (greatest === undefined || measure(held) > measure(greatest)) greatest = held;
      return greatest?.records.values().next().value;
    },
  };
}
