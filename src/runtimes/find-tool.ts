import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { isExecutable } from '../sandbox/nsjail/binary.ts';
import { runTool } from '../sandbox/nsjail/process.ts';
import { ToolchainMissing } from './runtime.ts';

/** The first executable of a name on `PATH` and in the folders where installers put it. */
export function findOnPath(name: string, ...more: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...more];
  return folders
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

export const inHome = (...parts: readonly string[]): string => join(homedir(), ...parts);

/** A file of an npm package that is installed beside this one; undefined where it is not. */
export function findInPackage(name: string, file: string): string | undefined {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs a program for what it says of itself.
 * @throws ToolchainMissing where it cannot be run, or says something else than what `pattern` has in its first group.
 */
export async function ask(
  file: string,
  args: readonly string[],
  pattern: RegExp,
  missing: ToolchainMissing,
): Promise<string> {
  const { ok, stdout } = await runTool(file, args);
  const answer = ok ? pattern.exec(stdout)?.[1] : undefined;
  if (answer === undefined) throw missing;
  return answer;
}

/** The program that a setting names, else the one that was found. */
export function choose(
  setting: string | undefined,
  found: () => string | undefined,
  missing: ToolchainMissing,
): string {
  const file = setting ?? found();
  const path = file === undefined || file.includes('/') ? file : findOnPath(file);
  if (path === undefined || !isExecutable(path)) throw missing;
  // Not its real path: what rustup puts on PATH is one program that looks at the name it was called by.
  return path;
}
