import { z } from 'zod';
import { runtimeNames } from '../core/contract/runtimes.ts';
import { count, list, setting } from './setting.ts';

/** Programs that run scripts, and the store of compiled ones. */
export const runtimesSettings = {
  python: setting(
    'BRIG_PYTHON',
    z.string().min(1),
    'python3',
    'path',
    'The interpreter that jails run: a path, or a name on `PATH`.',
  ),
  runtimes: setting(
    'BRIG_RUNTIMES',
    list(runtimeNames),
    runtimeNames.join(','),
    'runtimes',
    'Runtimes that are offered, with commas between; of these `GET /runtimes` tells which the host has.',
  ),
  prepareRuntimes: setting(
    'BRIG_PREPARE_RUNTIMES',
    z.enum(['on', 'off']),
    'on',
    'on or off',
    'Whether a service makes all offered runtimes ready in the background after its start, one after the other; `off` leaves each to its first script. Python is ready before either.',
  ),
  node: setting(
    'BRIG_NODE',
    z.string().min(1),
    undefined,
    'path',
    'The Node program for scripts; by default the one that runs the service.',
  ),
  deno: setting(
    'BRIG_DENO',
    z.string().min(1),
    undefined,
    'path',
    'The deno program; by default that of the npm package @deno/linux-x64-glibc, else the one on `PATH`.',
  ),
  bun: setting(
    'BRIG_BUN',
    z.string().min(1),
    undefined,
    'path',
    'The bun program; by default that of the npm package @oven/bun-linux-x64-baseline, else the one on `PATH`.',
  ),
  go: setting(
    'BRIG_GO',
    z.string().min(1),
    undefined,
    'path',
    'The go program of a Go toolchain; by default the one on `PATH` or in /usr/local/go.',
  ),
  rust: setting(
    'BRIG_RUST',
    z.string().min(1),
    undefined,
    'path',
    'The rustc program of a Rust toolchain; by default the one on `PATH` or in ~/.cargo.',
  ),
  programCacheMb: setting(
    'BRIG_PROGRAM_CACHE_MB',
    count,
    '512',
    'MiB',
    'Compiled programs that are kept, all together; what nobody ran for a week is removed.',
  ),
} as const;
