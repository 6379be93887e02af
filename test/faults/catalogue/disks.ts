import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Arena } from '../arena.ts';
import { judge, type Fault, type Prepared, type Seen } from '../fault.ts';

const group = 'a disk that is full or read-only';
const needs = ['root'] as const;

/** The state folder is a file system in memory, of so many bytes. */
const onTmpfs = (size: string) => (): Promise<Prepared> => {
  const folder = mkdtempSync(join(tmpdir(), 'brig-faults-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'brig-faults', folder]);
  return Promise.resolve({
    settings: { BRIG_STATE_DIR: folder, BRIG_BUILDS: 'wheels', BRIG_BUILD_NETWORK: 'off' },
    [Symbol.asyncDispose]: () => {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  });
};

const remount = (arena: Arena, options: string): unknown =>
  execFileSync('mount', ['-o', `remount,${options}`, arena.stateDir]);

/** A build that cannot succeed is no fault of its packages. */
async function build(arena: Arena): Promise<Seen> {
  const path = '/environments';
  const answer = await arena.send({ path, body: { name: 'fault', packages: ['six'] } });
  return judge(answer, ({ status }) => status === 202);
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
      remount(arena, 'size=2g');
      return seen;
    },
  },
  {
    name: 'disk full: while scripts run',
    group,
    what: 'the state folder is filled to its last byte while scripts run and a build is asked for',
    needs,
    prepare: onTmpfs('400m'),
    strike: async (arena) => {
      const file = join(arena.stateDir, 'filler');
      // Ends with the error that is wanted.
      execFileSync('sh', ['-c', `cat /dev/zero > "${file}" 2>/dev/null || true`]);
      const seen = [await arena.trivial(), await build(arena), await arena.trivial()];
      rmSync(file);
      return seen;
    },
  },
  {
    name: 'disk read-only: while scripts run',
    group,
    what: 'the state folder becomes read-only while scripts run and a build is asked for',
    needs,
    prepare: onTmpfs('400m'),
    strike: async (arena) => {
      remount(arena, 'ro');
      const seen = [await arena.trivial(), await build(arena), await arena.trivial()];
      remount(arena, 'rw');
      return seen;
    },
  },
];
