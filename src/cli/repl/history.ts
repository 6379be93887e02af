import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Bytes of a history that are read: more than a thousand long lines. */
const MOST_BYTES = 1024 * 1024;

/** Returns where the lines of a person's prompts are remembered. */
export const findHistory = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'brig', 'repl-history');

/** Returns the lines, the latest first; none where there is no such file. */
export function readHistory(file: string): string[] {
  try {
    const text = readFileSync(file, 'utf8').slice(-MOST_BYTES);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .toReversed();
  } catch {
    return [];
  }
}

/** Writes the lines, for their owner alone; a history that cannot be kept is lost without a word. */
export function writeHistory(file: string, latestFirst: readonly string[]): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Whole or not at all.
    const fresh = `${file}.${process.pid}`;
    writeFileSync(
      fresh,
      latestFirst
        .toReversed()
        .map((line) => `${line}\n`)
        .join(''),
      { mode: 0o600 },
    );
    renameSync(fresh, file);
  } catch {
    // A full disk, a folder of somebody else.
  }
}
