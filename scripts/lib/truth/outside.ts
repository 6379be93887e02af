import { chmod, chown, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { findInterpreter } from './interpreter.ts';

export interface Command {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** Files of the folder, by their names. */
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly seconds: number;
  /** Folders of the host that the program reads beside the interpreter's; they may lie below one that only root enters. */
  readonly reads?: readonly string[];
  /** Names of files that it writes. */
  readonly returns?: readonly string[];
}

/** The end of a program, and its output. */
export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit status, `timeout`, or the name of a signal. */
  readonly end: number | string;
  /** The folder in which it ran. */
  readonly folder: string;
  /** Contents of the files that were asked for, if it wrote them. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

const NOBODY = 65_534;
/** Time that the launcher has beyond that of the program. */
const GRACE_SECONDS = 60;
const opener = join(import.meta.dirname, 'open-folders.sh');
const launcher = join(import.meta.dirname, 'launch.py');

/**
 * Runs a program without a jail: in a folder of its own, with the few variables of a jail, and never as root, to whom
 * other rules apply. Ends the rest of its process group with it.
 */
export async function runOutside({ files, returns = [], ...order }: Command): Promise<Ending> {
  const root = await mkdtemp(join(await realpath(tmpdir()), 'brig-truth-'));
  const [folder, scratch] = [join(root, 'work'), join(root, 'tmp')];
  try {
    await chmod(root, 0o755);
    for (const own of [folder, scratch]) await makeOwn(own, () => mkdir(own));
    for (const [name, content] of Object.entries(files)) {
      const file = join(folder, name);
      for (const above of foldersOf(name))
        await makeOwn(join(folder, above), () => mkdir(join(folder, above), { recursive: true }));
      await makeOwn(file, () => writeFile(file, content));
    }
    const variables = {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: folder,
      TMPDIR: scratch,
      LANG: 'C.UTF-8',
    };
    const ending = await launch({ ...order, folder, env: { ...variables, ...order.env } });
    return { ...ending, folder, files: await readFiles(folder, returns) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Makes a file or a folder of the user that the program runs as. */
async function makeOwn(path: string, make: () => Promise<unknown>): Promise<void> {
  await make();
  if (process.getuid?.() === 0) await chown(path, NOBODY, NOBODY);
}

/** `a/b/c.txt` lies in `a` and in `a/b`. */
function foldersOf(name: string): string[] {
  const above = dirname(name);
  return above === '.' ? [] : [...foldersOf(above), above];
}

const reportSchema = z.object({
  end: z.union([z.number(), z.string()]),
  stdout: z.base64(),
  stderr: z.base64(),
});

type Order = Required<Pick<Command, 'command' | 'env' | 'seconds'>> &
  Pick<Command, 'stdin' | 'reads'> & { readonly folder: string };

async function launch({
  reads = [],
  stdin = '',
  ...order
}: Order): Promise<Omit<Ending, 'folder' | 'files'>> {
  const { executable, prefix } = await findInterpreter();
  const folders = [...reads, prefix].join(':');
  const opened = ['unshare', '--mount', '--propagation', 'private', 'sh', opener, folders];
  const command = [...(process.getuid?.() === 0 ? opened : ['env']), executable, launcher];
  const { stdout } = await execa(command[0] ?? '', command.slice(1), {
    ...{ input: JSON.stringify({ ...order, stdin }), stdin: 'pipe', stderr: 'inherit', cwd: '/' },
    ...{ maxBuffer: 1024 ** 3, timeout: (order.seconds + GRACE_SECONDS) * 1000 },
  });
  const report = reportSchema.parse(JSON.parse(stdout));
  return { end: report.end, stdout: decode(report.stdout), stderr: decode(report.stderr) };
}

const decode = (text: string): string => Buffer.from(text, 'base64').toString();

async function readFiles(folder: string, names: readonly string[]): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const name of names) {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    if (bytes !== undefined) files[name] = bytes;
  }
  return files;
}
