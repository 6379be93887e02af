import { readFileSync } from 'node:fs';
import { jailFiles } from '../../src/sandbox/nsjail/kinds.ts';

/** A file system in memory, as nsjail/python.cfg mounts it. */
export interface MemoryMount {
  /** Infinity: all memory of the host. */
  readonly mebibytes: number;
  readonly inodes: number;
}

/** Numbers that tests of limits take from the file which sets them. */
export interface ConfigLimits {
  /** By mount point. */
  readonly mounts: ReadonlyMap<string, MemoryMount>;
  /** By name without `rlimit_`; `INF` as Infinity. Units are nsjail's own. */
  readonly rlimits: ReadonlyMap<string, number>;
}

export function readConfigLimits(text = readFileSync(jailFiles('python').config, 'utf8')): ConfigLimits {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return {
    mounts: new Map(lines.flatMap((line) => parseMount(line) ?? [])),
    rlimits: new Map(lines.flatMap((line) => parseRlimit(line) ?? [])),
  };
}

function parseMount(line: string): [[string, MemoryMount]] | undefined {
  const match = /dst: "([^"]+)" fstype: "tmpfs".*size=(\d+m|100%),nr_inodes=(\d+)/.exec(line);
  if (match === null) return undefined;
  const [, point = '', size = '', inodes] = match;
  const mebibytes = size === '100%' ? Infinity : Number(size.slice(0, -1));
  return [[point, { mebibytes, inodes: Number(inodes) }]];
}

function parseRlimit(line: string): [[string, number]] | undefined {
  const number = /^rlimit_(\w+): (\d+)$/.exec(line);
  if (number !== null) return [[number[1] ?? '', Number(number[2])]];
  const infinite = /^rlimit_(\w+)_type: INF$/.exec(line);
  return infinite === null ? undefined : [[infinite[1] ?? '', Infinity]];
}

/**
 * Statements of a configuration that nothing explains: a comment explains what follows it up to the next blank
 * line, and a line of its own may carry one.
 */
export function findUnexplained(text: string, comment: '#' | '//'): string[] {
  return text.split('\n\n').flatMap((block) => {
    const lines = block.split('\n').filter((line) => line.trim() !== '');
    const first = lines.findIndex((line) => line.trim().startsWith(comment));
    return first === -1 ? lines : lines.slice(0, first);
  });
}
