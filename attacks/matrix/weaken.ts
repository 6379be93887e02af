import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { NsjailHost } from '../../src/sandbox/nsjail/host.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { LayerOff } from './layers.ts';

const CONFIG = '--config';
const FILTER = '--seccomp_policy';

/**
 * A host whose jails are started without one layer: the command that the production code planned is changed on its way to
 * nsjail. Nothing in that code knows of it.
 *
 * @param folder where the changed jail files are put.
 */
export function weakenHost(host: NsjailHost, layer: LayerOff, folder: string): NsjailHost {
  const changed = new Map<string, Promise<string>>();
  const change = (file: string, edit: (text: string) => string): Promise<string> => {
    const known = changed.get(file) ?? writeChanged(file, folder, edit);
    changed.set(file, known);
    return known;
  };
  const weaken = async (word: string, before: string | undefined): Promise<string> => {
    if (before === CONFIG && layer.config !== undefined) return change(word, layer.config);
    if (before === FILTER && layer.filter !== undefined) return change(word, layer.filter);
    return layer.argument?.(word, before) ?? word;
  };
  const rlimits = { memory: 'rlimit', processes: 'rlimit', cpu: 'rlimit' };
  return {
    ...host,
    ...(layer.withoutCgroup === true && {
      tree: undefined,
      enforcement: { ...host.enforcement, ...rlimits },
    }),
    starter: {
      ...host.starter,
      start: async (command) => {
        const [first, ...rest] = command.command;
        const words = await Promise.all(
          rest.map((word, index) => weaken(word, index === 0 ? first : rest[index - 1])),
        );
        return host.starter.start({ ...command, command: [first, ...words] });
      },
    },
  };
}

async function writeChanged(file: string, folder: string, edit: (text: string) => string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, basename(file));
  await writeFile(path, edit(await readFile(file, 'utf8')));
  return path;
}

/** The same sandbox, whose jails have other limits than they were asked to have; what is part of their start stays. */
export function relaxLimits(sandbox: Sandbox, { limits }: LayerOff): Sandbox {
  if (limits === undefined) return sandbox;
  return {
    ...sandbox,
    lease: async (wanted, options) => {
      const jail = await sandbox.lease(wanted, options);
      jail.setLimits({ ...wanted, ...limits });
      return jail;
    },
  };
}
