import type { ProgramRuntime } from '../runtimes.ts';
import { readBun } from './bun.ts';
import { readDeno } from './deno.ts';
import { readGo } from './go.ts';
import { MOST_LOOKED_AT, type LastWords } from './last-words.ts';
import { readNode } from './node.ts';
import { readRust } from './rust.ts';

/** Far more than any report has; bounds what hostile text can cost. */
const MOST_LINES = 1500;

const readers: Record<ProgramRuntime, (text: string) => LastWords | undefined> = {
  node: readNode,
  deno: readDeno,
  bun: readBun,
  go: readGo,
  rust: readRust,
};

/** What the end of stderr says of a program's failure; undefined where no runtime's report is there. */
export function readLastWords(runtime: ProgramRuntime, stderr: string): LastWords | undefined {
  const end = stderr.slice(-MOST_LOOKED_AT).replaceAll('\r\n', '\n');
  return readers[runtime](end.split('\n').slice(-MOST_LINES).join('\n'));
}
