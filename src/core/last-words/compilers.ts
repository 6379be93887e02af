import type { RuntimeName } from '../runtimes.ts';
import { cutMessage, MOST_LOOKED_AT, toLocation, type SourceLocation } from './last-words.ts';

export interface CompilerError {
  readonly message: string;
  readonly location: SourceLocation | undefined;
}

/** `./main.go:5:2: undefined: x`, `util/util.go:3:1: …`, `/work/go.mod:3: unknown directive: x` */
const ofGo =
  /^(?<file>(?:\/work\/)?[^\s:#/][^:\n]*\.(?:go|mod|s)):(?<line>\d+):(?:(?<column>\d+):)? (?<text>.+)$/m;
/** What the go command says of a module as a whole: `go: …`, `found packages …`, the end of a cycle of imports. */
const ofModule = /^(?:go: |(?=found packages )|\timports (?=\S+: ))(?<text>.+)$/m;
/** `error[E0425]: cannot find value `x` in this scope`, and below ` --> src/main.rs:2:5` */
const ofRust = /^error(?:\[\w+\])?: (?<text>.+)\n(?:\s+--> (?<file>[^\n:]+):(?<line>\d+):(?<column>\d+))?/m;

/** The first error of a compiler; a source can make it say anything. */
export function readCompilerError(runtime: RuntimeName, stderr: string): CompilerError | undefined {
  const said = stderr.slice(0, MOST_LOOKED_AT);
  const found = runtime === 'go' ? (ofGo.exec(said) ?? ofModule.exec(said)) : ofRust.exec(said);
  const { text, file, line, column } = found?.groups ?? {};
  return text === undefined
    ? undefined
    : { message: cutMessage(text), location: toLocation(file, line, column) };
}
