import type { ProgramRuntime } from '../../contract/runtimes.ts';
import { readBun } from './bun.ts';
import { readDeno } from './deno.ts';
import { readGo } from './go.ts';
import { MOST_LOOKED_AT, type LastWords } from './last-words.ts';
import { readNode } from './node.ts';
import { readRust } from './rust.ts';

/** Maximum number of lines that are read; far more than any report has, as a bound for hostile text. */
const MOST_LINES = 1500;

const readers: Record<ProgramRuntime, (text: string, status?: number) => LastWords | undefined> = {
  node: readNode,
  deno: readDeno,
  bun: readBun,
  go: readGo,
  rust: readRust,
};

/**
 * Parses the report of a failed program at the end of stderr; returns undefined when there is none.
 * @param status the exit status, where it is known: it tells what ended a program from what was said before.
 */
export function readLastWords(
  runtime: ProgramRuntime,
  stderr: string,
  status?: number,
): LastWords | undefined {
  const end = stderr.slice(-MOST_LOOKED_AT).replaceAll('\r\n', '\n');
  return readers[runtime](end.split('\n').slice(-MOST_LINES).join('\n'), status);
}
