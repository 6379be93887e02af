import { JailFailure } from '../../sandbox.ts';
import { readNsjailLog } from '../nsjail-log.ts';
import { remedyOf } from '../jail.ts';
import type { JailProcess } from '../starter.ts';
import { nameFailedStep } from './failed-step.ts';
import { keyOf, openOuter, type JailFromNursery, type Outer, type OuterParts } from './open-outer.ts';
import { planNurseryJail } from './plan-nursery-jail.ts';
import { judgeTemplate } from './renew.ts';
import { encodeTable } from './table.ts';

/** Most nurseries that are kept without a jail; each is an nsjail and a process of a few pages. */
const MOST_IDLE = 8;
/** Longest time in which a nursery makes a jail, in milliseconds: it is started meanwhile, and a host may be starved. */
const SPAWN_MS = 20_000;
/** Times that a nursery is started for one jail. */
const MOST_TRIES = 2;

/** Outer jails, each with a nursery: one for each root image, kind of jail and environment. */
export interface Nurseries {
  /** @throws JailFailure when the nursery cannot be started, or no jail in it. */
  start(jail: JailFromNursery): Promise<JailProcess>;
  /** Ends all of them; every jail must be gone. */
  close(): Promise<void>;
}

interface Kept extends Outer {
  readonly born: number;
  /** nsjail's log, once it has ended. */
  log?: string;
  /** Jails that there are, and all that were made. */
  jails: number;
  made: number;
  isRetired: boolean;
  /** The one that takes its place when it is ready. */
  next?: Kept | undefined;
}

/** Starts nurseries on demand, and again when they ended. The least used go first. */
export function keepNurseries(parts: OuterParts): Nurseries {
  const { ids, devices } = parts;
  /** In the order of use, the latest last. */
  const kept = new Map<string, Kept>();
  /** All that have not ended, those included that are not kept any more. */
  const running = new Set<Kept>();
  let closing = false;

  const open = (key: string, jail: JailFromNursery): Kept => {
    const nursery: Kept = {
      ...openOuter(parts, jail),
      ...{ born: performance.now(), jails: 0, made: 0, isRetired: false },
    };
    running.add(nursery);
    const follow = async (): Promise<void> => {
      try {
        nursery.log = await (await nursery.process).ended;
      } catch {
        // Whoever wants a jail of it learns why there is none.
      }
      if (kept.get(key) === nursery) kept.delete(key);
      await nursery.over;
      running.delete(nursery);
    };
    void follow();
    return nursery;
  };

  const endIfUnused = ({ isRetired, jails, process }: Kept): void => {
    if (isRetired && jails === 0) void process.then(({ kill }) => kill()).catch(() => undefined);
  };

  /**
   * Forgets a nursery that has ended or does not make jails, so that the next jail gets another: what it was started
   * with may have been replaced. It ends with its last jail.
   */
  const retire = (nursery: Kept, jail: JailFromNursery): void => {
    if (kept.get(keyOf(jail)) === nursery) kept.delete(keyOf(jail));
    nursery.isRetired = true;
    endIfUnused(nursery);
  };

  /** Loads the next template while the present one goes on. */
  const replace = async (key: string, nursery: Kept, jail: JailFromNursery): Promise<void> => {
    let next: Kept;
    try {
      next = nursery.next = open(key, jail);
      await next.process;
    } catch {
      // Tried again at the next jail; at last that is told why.
      nursery.next = undefined;
      return;
    }
    if (kept.get(key) === nursery) kept.set(key, next);
    else next.isRetired = kept.get(key) !== next;
    endIfUnused(next);
    nursery.isRetired = true;
    endIfUnused(nursery);
  };

  /** Returns the one to use, while an old template is replaced. */
  const renew = (key: string, nursery: Kept, jail: JailFromNursery): Kept => {
    const age = (performance.now() - nursery.born) / 1000;
    const life = jail.isForked ? judgeTemplate({ made: nursery.made, age }, parts.templates) : 'fresh';
    if (life !== 'fresh' && nursery.next === undefined) void replace(key, nursery, jail);
    return life === 'spent' ? (nursery.next ?? nursery) : nursery;
  };

  const use = (jail: JailFromNursery): Kept => {
    const key = keyOf(jail);
    const present = kept.get(key);
    const nursery = present === undefined ? open(key, jail) : renew(key, present, jail);
    if (present !== undefined && present !== nursery) present.isRetired = true;
    kept.delete(key);
    kept.set(key, nursery);
    return nursery;
  };

  const dropIdle = (): void => {
    const idle = [...kept].filter(([, { jails }]) => jails === 0);
    for (const [key, nursery] of idle.slice(0, Math.max(0, idle.length - MOST_IDLE))) {
      kept.delete(key);
      void nursery.process.then(({ kill }) => kill()).catch(() => undefined);
    }
  };

  /** Has a nursery make a jail; undefined when the nursery has ended since it was found. @throws JailFailure */
  const spawnIn = async (nursery: Kept, jail: JailFromNursery): Promise<JailProcess | undefined> => {
    nursery.jails += 1;
    nursery.made += 1;
    const release = (): void => {
      nursery.jails -= 1;
      endIfUnused(nursery);
      dropIdle();
    };
    try {
      const steps = planNurseryJail({
        ...jail,
        devices: devices.root === undefined ? undefined : jail.devices,
        hasOwnIds: ids.range !== undefined,
      });
      const { spawn, kill } = await nursery.process;
      // One that makes no jail any more is ended, and then says so.
      const timer = setTimeout(kill, SPAWN_MS);
      const started = await spawn({ table: encodeTable(steps), joinFiles: jail.joinFiles }).finally(() =>
        clearTimeout(timer),
      );
      if (started === undefined) {
        release();
        return undefined;
      }
      void started.ended.then(release);
      // A jail that says nothing may have ended with its nursery.
      const explain = (log: string): string => {
        const named = log === '' ? quoteComplaints(nursery.log ?? '') : nameFailedStep(log, steps);
        if (named !== log) retire(nursery, jail);
        return named;
      };
      return { ...started, closed: started.closed.then(explain) };
    } catch (error) {
      release();
      throw error;
    }
  };

  return {
    start: async (jail) => {
      if (closing) throw new JailFailure('The sandbox is closed.');
      let log = '';
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const nursery = use(jail);
        const started = await spawnIn(nursery, jail);
        if (started !== undefined) return started;
        retire(nursery, jail);
        log = await nursery.over;
      }
      const detail = ['its nursery ended at once', ...readNsjailLog(log).complaints].join('; ');
      throw new JailFailure('The jail could not be started.', { remedy: remedyOf(detail), detail });
    },
    close: async () => {
      closing = true;
      const ended = [...running].map(async ({ process, over }) => {
        await process.then(({ kill }) => kill()).catch(() => undefined);
        await over;
      });
      await Promise.allSettled(ended);
    },
  };
}

/** Returns what went wrong in the outer jail, as lines of a log; nothing there is about the end of a script. */
const quoteComplaints = (log: string): string =>
  readNsjailLog(log)
    .complaints.map((complaint) => `[F][nursery] ${complaint}\n`)
    .join('');
