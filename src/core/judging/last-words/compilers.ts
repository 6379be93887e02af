import type { RuntimeName } from '../../contract/runtimes.ts';
import { cutMessage, MOST_LOOKED_AT, toLocation, type SourceLocation } from './last-words.ts';

export interface CompilerError {
  readonly message: string;
  readonly location: SourceLocation | undefined;
}

/* Matched against one line at a time, because a source can make a compiler print anything, of any length. */

/** `./main.go:5:2: undefined: x`, `util/util.go:3:1: …`, `/work/go.mod:3: unknown directive: x` */
const ofGo =
  /^(?<file>(?:\/work\/)?[^\s:#/][^:]*\.(?:go|mod|s)):(?<line>\d+):(?:(?<column>\d+):)? (?<text>.+)/;
/** Messages of the go command about a whole module: `go: …`, `found packages …`, the end of an import cycle. */
const ofModule = /^(?:go: |(?=found packages )|\timports (?=\S+: ))(?<text>.+)/;
/** `error[E0425]: cannot find value `x` in this scope`, and on the next line ` --> src/main.rs:2:5` */
const ofRust = /^error(?:\[\w+\])?: (?<text>.+)/;
const placeOfRust = /^\s+--> (?<file>[^:]+):(?<line>\d+):(?<column>\d+)/;

/** Returns the first error of a compiler; undefined when it prints no known one. */
export function readCompilerError(runtime: RuntimeName, stderr: string): CompilerError | undefined {
  const lines = stderr.slice(0, MOST_LOOKED_AT).split('\n');
  if (runtime !== 'go') return readRust(lines);
  const { text, file, line, column } = (findFirst(lines, ofGo) ?? findFirst(lines, ofModule))?.groups ?? {};
  return text === undefined
    ? undefined
    : { message: cutMessage(text), location: toLocation(file, line, column) };
}

function readRust(lines: readonly string[]): CompilerError | undefined {
  const index = lines.findIndex((one) => ofRust.test(one));
  const text = ofRust.exec(lines[index] ?? '')?.groups?.['text'];
  if (text === undefined) return undefined;
  const { file, line, column } = placeOfRust.exec(lines[index + 1] ?? '')?.groups ?? {};
  return { message: cutMessage(text), location: toLocation(file, line, column) };
}

function findFirst(lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  for (const line of lines) {
    const found = pattern.exec(line);
    if (found !== null) return found;
  }
  return undefined;
}
