import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { rmSync, writeFileSync } from 'node:fs';
import type { Arena } from '../arena.ts';
import type { Fault } from '../fault.ts';
import { buildToy, onTmpfs } from '../toy-environment.ts';

const group = 'a disk that is full or read-only';
const needs = ['root'] as const;

const remount = (arena: Arena, options: string): unknown =>
  execFileSync('mount', ['-o', `remount,${options}`, arena.stateDir]);

/** @throws Error where a file can be written. */
function proveRefusal(arena: Arena, code: 'ENOSPC' | 'EROFS'): string {
  const file = join(arena.stateDir, 'proof');
  try {
    writeFileSync(file, Buffer.alloc(1 << 20));
  } catch (error) {
    rmSync(file, { force: true });
    const { code: seen } = error as NodeJS.ErrnoException;
    if (seen === code) return `${code} at a write`;
    throw error;
  }
  rmSync(file);
  throw new Error('the disk takes what is written');
}

export const diskFaults: readonly Fault[] = [
  {
    name: 'disk full: at the start',
    group,
    what: 'the state folder has room for no image; after some calls it has',
    needs,
    prepare: onTmpfs('2m'),
    startsLater: true,
    strike: async (arena) => {
      const seen = [await arena.trivial(), await arena.trivial()];
      if (seen.some(({ verdict }) => verdict === 'right')) throw new Error('there was room for an image');
      remount(arena, 'size=2g');
      return { seen, proof: `${seen.length} calls refused` };
    },
  },
  {
    name: 'disk full: while scripts run',
    group,
    what: 'the state folder is filled to its last byte while scripts run and an environment is built',
    needs,
    prepare: onTmpfs('400m'),
    strike: async (arena) => {
      const file = join(arena.stateDir, 'filler');
      // Ends with the error that is wanted.
      execFileSync('sh', ['-c', `cat /dev/zero > "${file}" 2>/dev/null || true`]);
      const proof = proveRefusal(arena, 'ENOSPC');
      const seen = [await arena.trivial(), await buildToy(arena), await arena.trivial()];
      rmSync(file);
      return { seen: [...seen, await buildToy(arena)], proof };
    },
  },
  {
    name: 'disk read-only: while scripts run',
    group,
    what: 'the state folder becomes read-only while scripts run and an environment is built',
    needs,
    prepare: onTmpfs('400m'),
    strike: async (arena) => {
      remount(arena, 'ro');
      const proof = proveRefusal(arena, 'EROFS');
      const seen = [await arena.trivial(), await buildToy(arena), await arena.trivial()];
      remount(arena, 'rw');
      return { seen: [...seen, await buildToy(arena)], proof };
    },
  },
];
