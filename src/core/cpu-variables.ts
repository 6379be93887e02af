import type { Limits } from './contract/limits.ts';

/** Variables that set the size of thread pools in numerical libraries. */
export const poolVariables = [
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'MKL_NUM_THREADS',
  'NUMEXPR_MAX_THREADS',
];

/**
 * Returns environment variables for the number of the host's `cores` that a script may keep busy: its limit, rounded
 * up. The harness makes `os.cpu_count()` return PYTHON_CPU_COUNT, and CPython 3.13 does so in child processes too.
 */
export function cpuVariables(
  { cpus }: Pick<Limits, 'cpus'>,
  cores: number,
): { readonly PYTHON_CPU_COUNT: string } & Readonly<Record<string, string>> {
  const count = String(Math.min(Math.ceil(cpus), cores));
  const pools = Object.fromEntries(poolVariables.map((name) => [name, count]));
  return { ...pools, PYTHON_CPU_COUNT: count };
}
