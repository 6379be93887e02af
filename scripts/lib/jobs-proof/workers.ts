import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';

/** Counts of the harm to processes. */
export interface Harm {
  kills: number;
  stops: number;
  shutdowns: number;
}

/** Processes that are harmed at random, and replaced when they end. */
export interface Crowd {
  readonly harm: Harm;
  /** Harms one of them, and resolves when it is over. */
  harmOne(): Promise<void>;
  close(): Promise<void>;
}

export interface CrowdOptions {
  readonly size: number;
  readonly command: readonly [file: string, ...args: string[]];
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds for which one is stopped: longer than a lease. */
  readonly stopFor: number;
  readonly random: Random;
}

/** In turns, so that a short proof has each of them too; who is harmed and when is random. */
const KINDS = ['kill', 'stop', 'kill', 'shutdown', 'kill'] as const;

export async function startCrowd({ size, command, env, stopFor, random }: CrowdOptions): Promise<Crowd> {
  const harm: Harm = { kills: 0, stops: 0, shutdowns: 0 };
  let turn = 0;
  const members: ChildProcess[] = [];
  const start = async (): Promise<ChildProcess> => {
    const [file, ...args] = command;
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    members.push(child);
    // Both kinds say on standard output that they are ready.
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    child.stdout.resume();
    return child;
  };
  const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill(signal);
    await ended;
    members.splice(members.indexOf(child), 1);
  };
  await Promise.all(Array.from({ length: size }, start));
  return {
    harm,
    harmOne: async () => {
      const victim = members[Math.floor(random() * members.length)];
      if (victim === undefined) return;
      const kind = KINDS[turn % KINDS.length];
      turn += 1;
      if (kind === 'stop') {
        harm.stops += 1;
        victim.kill('SIGSTOP');
        await sleep(stopFor);
        victim.kill('SIGCONT');
        return;
      }
      if (kind === 'kill') harm.kills += 1;
      else harm.shutdowns += 1;
      await end(victim, kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
      await start();
    },
    close: async () => {
      for (const child of [...members]) await end(child, 'SIGKILL');
    },
  };
}
