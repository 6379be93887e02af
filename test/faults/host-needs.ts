import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startServiceProcess } from '../../bench/service-process.ts';
import { optionalLayers } from '../../src/core/contract/health.ts';
import type { Need } from './fault.ts';

const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Settings of a service that goes on with less where there is no cgroup, as a trial does. */
export const trial: Readonly<Record<string, string>> = { BRIG_OPTIONAL_LAYERS: optionalLayers.join(',') };

let looked: Promise<boolean> | undefined;
/** Whether services that this program starts have a cgroup: one is started, and says so. */
export const hasCgroup = (): Promise<boolean> => (looked ??= lookForCgroup());

async function lookForCgroup(): Promise<boolean> {
  await using service = await startServiceProcess({ ...process.env, ...trial, BRIG_LOG_LEVEL: 'silent' });
  const { sandbox } = await service.readHealth();
  return sandbox.memory?.how.startsWith('cgroup') === true;
}

/** Why a fault cannot be brought about on this host, in a sentence; undefined where it can. */
export async function findLack(needs: readonly Need[] = []): Promise<string | undefined> {
  const lacking: Readonly<Record<Need, string | undefined>> = {
    root: process.getuid?.() === 0 ? undefined : 'needs root',
    cgroup: needs.includes('cgroup') && !(await hasCgroup()) ? 'needs a cgroup' : undefined,
    strace: isOnPath('strace') ? undefined : 'needs strace (apt-get install strace)',
  };
  return needs.map((need) => lacking[need]).find((why) => why !== undefined);
}
