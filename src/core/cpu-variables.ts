import type { Limits } from './limits.ts';

/** Variables from which thread pools of numerical libraries take their size. */
export const poolVariables = [
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'MKL_NUM_THREADS',
  'NUMEXPR_MAX_THREADS',
];

/**
 * How many of the host's `cores` a script may keep busy, as environment variables: its limit, rounded up. From
 * PYTHON_CPU_COUNT the harness takes what `os.cpu_count()` says, and CPython 3.13 in child processes too.
 */
export function cpuVariables(
  { cpus }: Pick<Limits, 'cpus'>,
  cores: number,
): { readonly PYTHON_CPU_COUNT: string } & Readonly<Record<string, string>> {
  const count = String(Math.min(Math.ceil(cpus), cores));
  const pools = Object.fromEntries(poolVariables.map((name) => [name, count]));
  return { ...pools, PYTHON_CPU_COUNT: count };
}
