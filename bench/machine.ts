import { cpus, release } from 'node:os';

/** What the figures were measured on, in one line. `memory` is how the service bounds it: `cgroup-v2`, … */
export function describeMachine(python: string, memory: string): string {
  const all = cpus();
  return [
    `${all.length} CPUs (${all[0]?.model.trim() ?? 'unknown'})`,
    `Linux ${release()}`,
    `Node ${process.versions.node}`,
    `Python ${python}`,
    memory,
  ].join(', ');
}

/** How the service at `url` bounds the memory of its jails. */
export async function readMemoryEnforcement(url: string): Promise<string> {
  const health = (await (await fetch(`${url}/health`)).json()) as { sandbox?: { memory?: { how?: string } } };
  return health.sandbox?.memory?.how ?? 'unknown';
}
