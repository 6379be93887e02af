import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, mergeEnvironments } from '../config.ts';

/** Largest file of settings, in bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * Returns the environment's variables and those of the file `.env` in a folder, read like Node's `--env-file`. The
 * environment takes precedence, under any name of a setting.
 * @throws ConfigError when the file cannot be read, or has a malformed line.
 */
export function readEnvironment(
  folder: string = process.cwd(),
  real: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const text = readIfThere(join(folder, '.env'));
  if (text === undefined) return real;
  const malformed = findMalformed(text);
  if (malformed.length > 0) {
    throw new ConfigError(
      malformed.map((line) => ({ name: `.env, line ${line}`, complaint: 'is no NAME=value' })),
    );
  }
  return mergeEnvironments(real, parseEnv(text));
}

function readIfThere(file: string): string | undefined {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= MOST_BYTES && !bytes.includes(0)) return bytes.toString('utf8');
    throw new ConfigError([{ name: '.env', complaint: 'is no text of settings' }]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A folder of that name is usually a virtual environment.
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([{ name: '.env', complaint: `cannot be read (${code ?? 'unknown'})` }]);
  }
}

/**
 * A variable (its quoted value may span lines), a comment, or an empty line; `parseEnv` ignores anything else
 * silently.
 */
const STATEMENT =
  /[^\S\n]*(?:(?:export[^\S\n]+)?[A-Za-z_][\w.-]*[^\S\n]*=(?:[^\S\n]*(?:"[^"]*"|'[^']*'|`[^`]*`))?[^\n]*|#[^\n]*|)(?:\n|$)/y;

function findMalformed(source: string): number[] {
  const text = source.replaceAll(/\r\n?/g, '\n');
  const lines: number[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    STATEMENT.lastIndex = at;
    const length = STATEMENT.exec(text)?.[0].length ?? 0;
    const end = length > 0 ? at + length : text.indexOf('\n', at) + 1 || text.length;
    if (length === 0) lines.push(line);
    line += text.slice(at, end).split('\n').length - 1;
    at = end;
  }
  return lines;
}
