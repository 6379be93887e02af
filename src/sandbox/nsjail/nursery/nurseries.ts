import { dirname } from 'node:path';
import { JailFailure } from '../../sandbox.ts';
import { readNsjailLog } from '../nsjail-log.ts';
import type { DevicePool } from '../devices.ts';
import type { IdPool } from '../ids.ts';
import { remedyOf } from '../jail.ts';
import { planEnvironment } from '../plan.ts';
import type { JailProcess, NurseryProcess, Starter } from '../starter.ts';
import { nameFailedStep } from './failed-step.ts';
import { planNurseryJail, type NurseryJail } from './plan-nursery-jail.ts';
import { planOuter } from './plan-outer.ts';
import { startTemplate } from './start-template.ts';
import { encodeTable } from './table.ts';

/** Most nurseries that are kept without a jail; each is an nsjail and a process of a few pages. */
const MOST_IDLE = 8;
/** Longest time in which a nursery makes a jail, in milliseconds: it is started meanwhile, and a host may be starved. */
const SPAWN_MS = 20_000;
/** Times that a nursery is started for one jail. */
const MOST_TRIES = 2;

/** What a jail of a nursery needs besides its plan. */
export interface JailFromNursery extends Omit<NurseryJail, 'hasOwnIds' | 'devices'> {
  readonly image: string;
  /** Folder of device nodes, as the pool gave it. */
  readonly devices: string;
}

/** Outer jails, each with a nursery: one for each root image, kind of jail and environment. */
export interface Nurseries {
  /** @throws JailFailure when the nursery cannot be started, or no jail in it. */
  start(jail: JailFromNursery): Promise<JailProcess>;
  /** Ends all of them; every jail must be gone. */
  close(): Promise<void>;
}

export interface NurseriesOptions {
  readonly nsjail: string;
  readonly starter: Pick<Starter, 'startNursery' | 'startTemplate'>;
  readonly ids: IdPool;
  readonly devices: Pick<DevicePool, 'root'>;
}

interface Kept {
  readonly process: Promise<NurseryProcess>;
  /** nsjail's log, once it has ended. */
  log?: string;
  jails: number;
  isRetired: boolean;
}

/** Jails with the same come from the same nursery. */
const keyOf = ({ image, kind, packages, programFile, ...jail }: JailFromNursery): string =>
  JSON.stringify([
    ...[image, kind, packages, programFile && dirname(programFile)],
    ...(jail.isForked ? [jail.preload, jail.variables] : []),
  ]);

/** Starts nurseries on demand, and again when they ended. The least used go first. */
export function keepNurseries({ nsjail, starter, ids, devices }: NurseriesOptions): Nurseries {
  /** In the order of use, the latest last. */
  const kept = new Map<string, Kept>();
  let closing = false;

  const open = (key: string, jail: JailFromNursery): Kept => {
    const { image, kind, packages, certificates, programFile } = jail;
    const own = ids.take();
    const command = planOuter({
      nsjail,
      kind,
      packages,
      certificates,
      programs: programFile && dirname(programFile),
      ids: own,
      range: ids.range,
      hasNodes: devices.root !== undefined,
      template: jail.isForked ? jail : undefined,
    });
    const env = planEnvironment(image, devices.root ?? '/dev');
    const process = jail.isForked
      ? startTemplate(starter, { command, env, joinFiles: [] })
      : starter.startNursery({ command, env });
    const nursery: Kept = { process, jails: 0, isRetired: false };
    const follow = async (): Promise<void> => {
      try {
        nursery.log = await (await nursery.process).ended;
      } catch {
        // Whoever wants a jail of it learns why.
      }
      if (kept.get(key) === nursery) kept.delete(key);
      ids.giveBack(own);
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

  const use = (jail: JailFromNursery): Kept => {
    const key = keyOf(jail);
    const nursery = kept.get(key) ?? open(key, jail);
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
        log = await (await nursery.process).ended;
      }
      const detail = ['its nursery ended at once', ...readNsjailLog(log).complaints].join('; ');
      throw new JailFailure('The jail could not be started.', { remedy: remedyOf(detail), detail });
    },
    close: async () => {
      closing = true;
      const ended = [...kept.values()].map(async ({ process }) => {
        const { kill, ended: gone } = await process;
        kill();
        await gone;
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
