import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Need } from './fault.ts';

const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Why a fault cannot be brought about on this host, in a sentence; undefined where it can. */
export function findLack(needs: readonly Need[] = []): string | undefined {
  const lacking: Readonly<Record<Need, string | undefined>> = {
    root: process.getuid?.() === 0 ? undefined : 'needs root',
    cgroup: existsSync('/sys/fs/cgroup') ? undefined : 'needs a cgroup',
    strace: isOnPath('strace') ? undefined : 'needs strace (apt-get install strace)',
  };
  return needs.map((need) => lacking[need]).find((why) => why !== undefined);
}
