import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.ts';
import { configsWithoutCgroup, hasSharedFilter } from '../../src/sandbox/nsjail/kinds.ts';
import { jailKindNames } from '../../src/sandbox/jail-kind.ts';

/*
 * nsjail's config has no includes, and the includes of its filter language do not work in nsjail. So the common parts of jails
 * are in nsjail/parts/common.*, and this program copies them to each `#include`. The results are checked in, so that a
 * reviewer reads what runs.
 */

const folder = join(packageRoot, 'nsjail');
const parts = join(folder, 'parts');

/** The file that a part becomes. */
function composeJailFile(name: string): string {
  const comment = name.endsWith('.cfg') ? '#' : '//';
  return `${comment} Made of nsjail/parts by scripts/lib/jail-files.ts.\n${readPart(name)}`;
}

const readPart = (name: string): string =>
  readFileSync(join(parts, name), 'utf8').replaceAll(/^#include "(.+)"\n/gm, (_, file: string) =>
    readPart(file),
  );

/** The filter of a kind of jail whose user is the service's own: the same, and before all else no epoll. */
function composeSharedFilter(kind: string): string {
  const filter = composeJailFile(`${kind}.kafel`);
  return filter.replace(/^(?=POLICY )/m, `${noEpoll}\n\n`).replace(/^USE /m, 'USE no_epoll, USE ');
}

/** Returns the config of a jail that no cgroup bounds: the same, with little shared memory. */
function composeUncounted(config: string): string {
  const text = composeJailFile(`${config}.cfg`);
  if (!text.includes(COUNTED)) throw new Error(`${config}.cfg: ${COUNTED} is missing.`);
  return text.replace(COUNTED, UNCOUNTED);
}

/** Bounds of /dev/shm with and without a cgroup. */
const COUNTED = 'size=100%,nr_inodes=8192';
const UNCOUNTED = 'size=32m,nr_inodes=256';

const noEpoll = `POLICY no_epoll {
  // ENOSYS. The kernel counts epoll watches per user of the host, here the service's own, and a script could use up those of the
  // service. Python falls back to poll
  ERRNO(38) { epoll_create, epoll_create1 }
}`;

/** Every part that becomes a file of its own. */
const partNames = readdirSync(parts).filter((name) => !name.startsWith('common.'));

/** The files in nsjail/ that are made of parts. */
export const jailFileNames = [
  ...partNames,
  ...jailKindNames.filter(hasSharedFilter).map((kind) => `${kind}-shared.kafel`),
  ...configsWithoutCgroup.map((config) => `${config}-rlimit.cfg`),
];

/** Returns the content of one of these files. */
export function composeFile(name: string): string {
  const kind = /^(.+)-shared\.kafel$/.exec(name)?.[1];
  if (kind !== undefined) return composeSharedFilter(kind);
  const config = /^(.+)-rlimit\.cfg$/.exec(name)?.[1];
  return config === undefined ? composeJailFile(name) : composeUncounted(config);
}

if (import.meta.main) for (const name of jailFileNames) writeFileSync(join(folder, name), composeFile(name));
