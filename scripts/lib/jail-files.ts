import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.ts';
import { variedConfigs } from '../../src/sandbox/nsjail/kinds.ts';

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

/** Returns a config: with little shared memory where no cgroup bounds the jail, and with pseudo-terminals where they are on. */
function composeConfig(name: string): string {
  const config = name.replace(/(?:-rlimit|-terminals)*\.cfg$/, '');
  const terminals = `${readPart('common.terminals.cfg')}\n`;
  let text = composeJailFile(`${config}.cfg`);
  for (const part of variedConfigs.some((one) => one === config) ? [COUNTED, terminals] : [])
    if (!text.includes(part)) throw new Error(`${config}.cfg: ${part} is missing.`);
  if (!name.includes('-terminals')) text = text.replace(terminals, '');
  return name.includes('-rlimit') ? text.replace(COUNTED, UNCOUNTED) : text;
}

/** The outer jail of a nursery where jails have the host's device nodes: it has them in their places. */
function composeSharedNursery(): string {
  const nodes = readPart('python.cfg')
    .split('\n')
    .filter((line) => line.includes('"BRIG_DEVICES"'));
  const own = composeJailFile('nursery.cfg');
  const shared = own.replace(
    /^# The nodes of all jails\.[^]*?BRIG_DEVICES.*$/m,
    `${SHARED_NODES}\n${nodes.join('\n')}`,
  );
  if (shared === own || nodes.length === 0) throw new Error('nursery.cfg: its nodes are missing.');
  return shared;
}

/** @throws Error where there is nothing to replace. */
function replaceOnce(text: string, part: string, by: string): string {
  if (part === '' || !text.includes(part)) throw new Error(`${part} is missing.`);
  return text.replace(part, by);
}

/** The outer jail of a template: that of a nursery with what an interpreter reads at its start. */
function composeTemplate(nursery: string): string {
  const variables = readPart('common.head.cfg')
    .split('\n')
    .filter((line) => line.startsWith('envar: '));
  const stack = readPart('common.rest.cfg')
    .split('\n')
    .filter((line) => line.startsWith('rlimit_stack: '));
  const withVariables = replaceOnce(
    nursery,
    'keep_env: false\n',
    `# Those of a jail, which inherits them.\nkeep_env: false\n${variables.join('\n')}\n`,
  );
  const withStack = replaceOnce(
    withVariables,
    'rlimit_stack_type: HARD\n',
    `# Read once, for the stacks of threads.\n${stack.join('\n')}\n`,
  );
  const named = replaceOnce(
    replaceOnce(withStack, 'name: "nursery"', 'name: "template"'),
    /^# The outer jail of a nursery[^]*?docs\/nursery\.md has\n.*\n/m.exec(withStack)?.[0] ?? '',
    TEMPLATE_HEAD,
  );
  return replaceOnce(
    named.replace('src: "" dst: "/tmp"', 'src: "" dst: "/work"'),
    `\n# Writable, because the first`,
    `\n${OWN_SCRATCH}\n# Writable, because the first`,
  );
}

/** Some modules make files when they are imported. */
const OWN_SCRATCH = `# Scratch for modules while they are loaded, in memory. Each jail has its own over it.
mount { dst: "/tmp" fstype: "tmpfs" rw: true nosuid: true nodev: true noexec: true options: "size=16m,nr_inodes=1024,mode=1777" }
`;

const TEMPLATE_HEAD = `# The outer jail of a template: an interpreter that has loaded modules, from which those of executions are forked. It is that
# of a nursery (nursery.cfg) with the variables and the stack of a jail, which an interpreter reads at its start.
# docs/templates.md has the process tree and the hazards.
`;

const SHARED_NODES = "# The host's device nodes, which all jails share.";

/** Bounds of /dev/shm with and without a cgroup. */
const COUNTED = 'size=100%,nr_inodes=8192';
const UNCOUNTED = 'size=32m,nr_inodes=256';

/** Every part that becomes a file of its own. */
const partNames = readdirSync(parts).filter((name) => !name.startsWith('common.'));

const variants = ['-rlimit', '-terminals', '-rlimit-terminals'];

/** The files in nsjail/ that are made of parts. */
export const jailFileNames = [
  ...partNames,
  'nursery-shared.cfg',
  'template.cfg',
  'template-shared.cfg',
  ...variedConfigs.flatMap((config) => variants.map((variant) => `${config}${variant}.cfg`)),
];

/** Returns the content of one of these files. */
export function composeFile(name: string): string {
  if (name === 'nursery-shared.cfg') return composeSharedNursery();
  if (name === 'template.cfg') return composeTemplate(composeJailFile('nursery.cfg'));
  if (name === 'template-shared.cfg') return composeTemplate(composeSharedNursery());
  return name.endsWith('.cfg') ? composeConfig(name) : composeJailFile(name);
}

if (import.meta.main) for (const name of jailFileNames) writeFileSync(join(folder, name), composeFile(name));
