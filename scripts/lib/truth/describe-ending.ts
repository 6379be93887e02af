import { createHash } from 'node:crypto';
import type { Ending } from './outside.ts';
import type { Side } from './side.ts';

/** Texts up to this long are kept as they are: longer ones could not be read in a report. */
const LONGEST_TEXT = 4000;
/** The value of `main`, as a file that its caller outside writes. */
export const RESULT_FILE = 'result.json';

/**
 * Returns the parts of an ending that are compared. `places` are folders of the host, and theirs in a jail: they name
 * one and the same thing.
 */
export function describeEnding(ending: Ending, places: Readonly<Record<string, string>> = {}): Side {
  const { [RESULT_FILE]: result, ...files } = ending.files;
  const rename = (text: string): string => {
    const all = Object.entries({ ...places, [ending.folder]: '/work' });
    return all.reduce((renamed, [from, to]) => renamed.replaceAll(from, to), text);
  };
  const checks = {
    end: String(ending.end),
    stdout: shorten(nameScript(rename(ending.stdout))),
    stderr: shorten(dropForeignFrames(nameScript(rename(ending.stderr)))),
    ...(result !== undefined && { result: JSON.stringify(JSON.parse(Buffer.from(result).toString())) }),
    ...Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`file ${name}`, digest(bytes)])),
  };
  return Object.fromEntries(Object.entries(checks).map(([name, outcome]) => [name, { outcome }]));
}

/** Jails name the script without its folder. */
const nameScript = (text: string): string =>
  text.replaceAll(/\/work\/(?=(script\.py|main\.[cm]?[jt]s)\b)/g, '');

/** Drops frames of libraries from tracebacks: an answer has those of the script. */
export function dropForeignFrames(text: string): string {
  let isForeign = false;
  const kept = text.split('\n').filter((line) => {
    if (/^  File ".*, in /.test(line)) isForeign = !/^  File "(?:script\.py|\/work\/)/.test(line);
    else if (!line.startsWith('    ')) isForeign = false;
    return !isForeign;
  });
  return kept.join('\n');
}

const shorten = (text: string): string =>
  text.length > LONGEST_TEXT ? `${text.slice(0, 200)}… ${digest(Buffer.from(text))}` : text;

const digest = (bytes: Uint8Array): string =>
  `${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
