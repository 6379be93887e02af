import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildFailure, createBrig } from '../../src/index.ts';
import { packageRoot } from '../../src/paths.ts';
import { renderTable } from './render-table.ts';

/*
 * Builds an environment for each package with a program in `packages`, or for those that the arguments name, runs the
 * program with rising limits, and tells the lowest with which it succeeds in both modes. Takes the packages from the host's
 * index; torch alone takes 6 GB of memory and of disk.
 */

const folder = join(packageRoot, 'scripts', 'lib', 'packages');
/** Packages that a program needs besides the one that it is called after. */
const besides: Readonly<Record<string, readonly string[]>> = { joblib: ['scikit-learn'], dask: ['numpy'] };
const generous = { timeout: 200, cpu_time: 40, memory_mb: 4096, cpus: 2, processes: 256, disk_mb: 1024 };
const steps = {
  memory_mb: [64, 128, 256, 512, 1024, 2048],
  processes: [1, 2, 4, 8, 16, 32, 64],
} as const;
const settings = {
  ...{ BRIG_BUILD_DISK_MB: '9000', BRIG_BUILD_MEMORY_MB: '4096' },
  ...{ BRIG_MAX_CPUS: '2', BRIG_MAX_WARM_JAILS: '0' },
};

await using brig = await createBrig(settings);

async function build(name: string): Promise<number> {
  const environment = `try-${name}`;
  const existing = await brig.environments.get(environment).catch(() => undefined);
  if (existing?.state === 'ready') return existing.size_bytes;
  const packages = [name, ...(besides[name] ?? [])];
  return (await brig.environments.build({ name: environment, packages })).size_bytes;
}

/** Returns the lowest limits, in the order of the table, and the seconds of CPU time with them. */
async function tryPackage(name: string): Promise<string[]> {
  const megabytes = Math.ceil((await build(name)) / 1e6);
  const script = await readFile(join(folder, `${name}.py`), 'utf8');
  const run = (limits: typeof generous, mode: 'function' | 'script' = 'function') =>
    brig.execute({ script, mode, environment: `try-${name}`, limits });
  const lowest = { ...generous };
  for (const limit of ['memory_mb', 'processes'] as const) {
    for (const value of steps[limit]) {
      lowest[limit] = value;
      if ((await run({ ...generous, [limit]: value })).success) break;
    }
  }
  const outcomes = [await run(lowest), await run(lowest, 'script')];
  for (const outcome of outcomes) {
    if (!outcome.success) throw new Error(`${name}: ${outcome.error}: ${outcome.message}\n${outcome.stderr}`);
  }
  const seconds = Math.max(...outcomes.map(({ execution }) => execution.cpu_ms)) / 1000;
  return [name, ...[megabytes, lowest.memory_mb, lowest.processes].map(String), seconds.toFixed(1)];
}

const chosen = process.argv.slice(2);
const names = (await readdir(folder)).map((file) => file.replace(/\.py$/, ''));
const rows: string[][] = [];
for (const name of names.filter((one) => chosen.length === 0 || chosen.includes(one))) {
  try {
    const cells = await tryPackage(name);
    console.error(cells.join('  '));
    rows.push(cells);
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error;
    console.error(`${name}: ${error.reason}: ${error.message}`);
    process.exitCode = 1;
  }
}
console.log(renderTable(['package', 'size in MB', 'memory_mb', 'processes', 'CPU seconds'], rows));
