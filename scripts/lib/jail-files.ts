import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.ts';

/*
 * nsjail's config has no includes, and its filter's language none that nsjail can use. So what jails share stands once, in
 * nsjail/parts/common.*, and this program puts it where a part says `#include`. The results are checked in: what runs is
 * what a reviewer reads.
 */

const folder = join(packageRoot, 'nsjail');
const parts = join(folder, 'parts');

/** The file that a part becomes, in nsjail/. */
export function composeJailFile(name: string): string {
  const comment = name.endsWith('.cfg') ? '#' : '//';
  return `${comment} Made of nsjail/parts by scripts/lib/jail-files.ts.\n${readPart(name)}`;
}

const readPart = (name: string): string =>
  readFileSync(join(parts, name), 'utf8').replaceAll(/^#include "(.+)"\n/gm, (_, file: string) =>
    readPart(file),
  );

/** Every part that becomes a file of its own. */
export const jailFileNames = readdirSync(parts).filter((name) => !name.startsWith('common.'));

if (import.meta.main)
  for (const name of jailFileNames) writeFileSync(join(folder, name), composeJailFile(name));
