import { existsSync, realpathSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runTool } from '../../../host/process.ts';

/** A program of the host for jails, under the name by which scripts call it. */
export interface Tool {
  readonly name: string;
  /** File on the host. Several tools can be one file, which then tells them apart by the name of its call. */
  readonly file: string;
}

/**
 * Programs that honest scripts count on. None gives rights, and none reaches a network: no `su`, no `mount`, no
 * `curl`; no bash and no gawk, which open connections by themselves.
 */
const wanted: readonly string[] = [
  ...[
    '[',
    'b2sum',
    'base32',
    'base64',
    'basename',
    'cat',
    'chmod',
    'cksum',
    'cmp',
    'comm',
    'cp',
    'csplit',
    'cut',
  ],
  ...[
    'date',
    'dd',
    'diff',
    'dirname',
    'du',
    'echo',
    'env',
    'expand',
    'expr',
    'factor',
    'false',
    'find',
    'fmt',
  ],
  ...['fold', 'grep', 'gzip', 'head', 'id', 'join', 'link', 'ln', 'ls', 'mawk', 'md5sum', 'mkdir', 'mkfifo'],
  ...[
    'mktemp',
    'mv',
    'nice',
    'nl',
    'nohup',
    'nproc',
    'numfmt',
    'od',
    'paste',
    'pr',
    'printenv',
    'printf',
    'pwd',
  ],
  ...[
    'readlink',
    'realpath',
    'rm',
    'rmdir',
    'sed',
    'seq',
    'sha1sum',
    'sha256sum',
    'sha512sum',
    'shuf',
    'sleep',
  ],
  ...['sort', 'split', 'stat', 'sum', 'tac', 'tail', 'tar', 'tee', 'test', 'timeout', 'touch', 'tr', 'true'],
  ...['truncate', 'tsort', 'uname', 'unexpand', 'uniq', 'unlink', 'wc', 'whoami', 'xargs', 'yes'],
];

/** Other names under which jails have a tool. */
const aliases: Readonly<Record<string, readonly string[]>> = { mawk: ['awk'], gzip: ['gunzip'] };

const folders = ['/usr/bin', '/bin'] as const;

/** Finds the tools of this host: its own coreutils and the like, and busybox for those that it lacks. */
export async function findTools(): Promise<Tool[]> {
  const tools: Tool[] = [];
  const left: string[] = [];
  for (const name of wanted) {
    const file = await findProgram(name);
    if (file === undefined) left.push(name);
    else tools.push(...[name, ...(aliases[name] ?? [])].map((alias) => ({ name: alias, file })));
  }
  const busybox = left.length === 0 ? undefined : await findProgram('busybox');
  if (busybox !== undefined) tools.push(...(await listApplets(busybox, left)));
  return tools;
}

/** Returns the program of a name; undefined when it is a script, which needs others, or gives rights. */
async function findProgram(name: string): Promise<string | undefined> {
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found === undefined) return undefined;
  const file = realpathSync(found);
  const { mode } = await stat(file);
  return (mode & 0o6000) === 0 && (await isElf(file)) ? file : undefined;
}

async function isElf(file: string): Promise<boolean> {
  await using handle = await open(file, 'r').catch(() => undefined);
  const { buffer } = (await handle?.read(Buffer.alloc(4), 0, 4, 0)) ?? { buffer: Buffer.alloc(0) };
  return buffer.equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46]));
}

async function listApplets(busybox: string, left: readonly string[]): Promise<Tool[]> {
  const { stdout } = await runTool(busybox, ['--list']);
  const applets = new Set(stdout.split('\n').map((line) => basename(line.trim())));
  const names = left.map((name) => (name === 'mawk' ? 'awk' : name));
  return names.filter((name) => applets.has(name)).map((name) => ({ name, file: busybox }));
}
