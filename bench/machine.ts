import { cpus, release } from 'node:os';
import type { Health } from '../src/core/contract/health.ts';

/** Describes the machine of the measurements in one line. */
export function describeMachine(python: string, { sandbox }: Health): string {
  const all = cpus();
  return [
    `${all.length} CPUs (${all[0]?.model.trim() ?? 'unknown'})`,
    `Linux ${release()}`,
    `Node ${process.versions.node}`,
    `Python ${python}`,
    sandbox.memory?.how ?? 'unknown',
  ].join(', ');
}
