import { aborted } from 'node:util';
import type { LossReason } from '../core/contract/sessions/session-state.ts';
import type { SessionRecord } from './session-record.ts';
import { noPlace, noSuchSession, sessionLost } from './session-refusals.ts';
import type { SessionIds } from './session-ids.ts';

export interface BookOptions {
  readonly ids: SessionIds;
  /** Places of all sessions, and of those of one owner. */
  readonly most: number;
  readonly mostPerOwner: number;
  /** Milliseconds since 1970 at which the service started. */
  readonly startedAt: number;
}

/** Sessions that are there, and the ends of those that were. */
export interface SessionBook {
  /** @throws Refusal `not_found`, also for a session of another owner; `session_lost` */
  find(owner: string, id: string): SessionRecord;
  all(): IterableIterator<SessionRecord>;
  /** @throws Refusal `overloaded` when there is no place, and none that comes free. */
  requirePlace(owner: string): void;
  /**
   * Adds a session; waits for the end of another one's jail where that has the last place.
   * @throws Refusal `overloaded`; the reason of `signal`.
   */
  add(record: SessionRecord, signal: AbortSignal): Promise<void>;
  /** Remembers how a session ended. Its place stays taken until `release`. */
  bury(record: SessionRecord, reason: LossReason, at: number): void;
  /** Gives the place of a session free, when its jail is gone. */
  release(record: SessionRecord): void;
}

/** Ends that are remembered of one owner, and of all: then only that they were, which their ids tell. */
const REMEMBERED = { ofOwner: 200, ofAll: 5000 };

interface Grave {
  readonly owner: string;
  readonly reason: LossReason;
  readonly at: number;
}

export function createSessionBook({ ids, most, mostPerOwner, startedAt }: BookOptions): SessionBook {
  const records = new Map<string, SessionRecord>();
  const places = new Set<SessionRecord>();
  /** The oldest first. */
  const graves = new Map<string, Grave>();

  const forgetOldest = (owner: string | undefined): void => {
    for (const [id, grave] of graves) {
      if (owner !== undefined && grave.owner !== owner) continue;
      graves.delete(id);
      return;
    }
  };
  /** Returns the sessions that stand in the way of another one; none where there is a place. */
  const inTheWay = (owner: string): readonly SessionRecord[] => {
    if (places.size >= most) return [...places];
    const own = [...places].filter((one) => one.owner === owner);
    return own.length >= mostPerOwner ? own : [];
  };
  const findEnding = (owner: string): readonly SessionRecord[] => {
    const all = inTheWay(owner);
    const ending = all.filter(({ id }) => !records.has(id));
    if (all.length > 0 && ending.length === 0) throw noPlace(places.size >= most ? 'all' : 'own');
    return ending;
  };
  const countGraves = (owner: string): number =>
    [...graves.values()].filter((one) => one.owner === owner).length;

  return {
    find: (owner, id) => {
      const record = records.get(id);
      if (record?.owner === owner) return record;
      // Whatever is known of another owner's session, this one is told nothing.
      const createdAt = ids.read(owner, id);
      if (createdAt === undefined) throw noSuchSession();
      const grave = graves.get(id);
      if (grave !== undefined) throw sessionLost(grave.reason, grave.at);
      throw createdAt < startedAt ? sessionLost('restarted', startedAt) : sessionLost('forgotten', undefined);
    },
    all: () => records.values(),
    requirePlace: (owner) => void findEnding(owner),
    add: async (record, signal) => {
      for (let ending = findEnding(record.owner); ending.length > 0; ending = findEnding(record.owner)) {
        await Promise.race([...ending.map(({ gone }) => gone.promise), aborted(signal, record)]);
        signal.throwIfAborted();
      }
      records.set(record.id, record);
      places.add(record);
    },
    bury: (record, reason, at) => {
      records.delete(record.id);
      if (countGraves(record.owner) >= REMEMBERED.ofOwner) forgetOldest(record.owner);
      if (graves.size >= REMEMBERED.ofAll) forgetOldest(undefined);
      graves.set(record.id, { owner: record.owner, reason, at });
    },
    release: (record) => void places.delete(record),
  };
}
