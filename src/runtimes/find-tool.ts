import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { isExecutable } from '../host/executable.ts';
import { runTool } from '../host/process.ts';
import { ToolchainMissing } from './runtime.ts';

/** Returns the first executable of this name on `PATH` or in the folders `more`. */
export function findOnPath(name: string, ...more: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...more];
  return folders
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

export const inHome = (...parts: readonly string[]): string => join(homedir(), ...parts);

/** Returns a file of an installed npm package; undefined when the package is absent. */
export function findInPackage(name: string, file: string): string | undefined {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs a program and returns what it says of itself, the first group of `pattern`.
 * @throws ToolchainMissing when it cannot be run, or its output does not match.
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

/** Returns the program that a setting names, else the one that `found` returns. @throws ToolchainMissing */
export function choose(
  setting: string | undefined,
  found: () => string | undefined,
  missing: ToolchainMissing,
): string {
  const file = setting ?? found();
  const path = file === undefined || file.includes('/') ? file : findOnPath(file);
  if (path === undefined || !isExecutable(path)) throw missing;
  // Not the real path: rustup puts one program on PATH that acts by the name it was called by.
  return path;
}
