import type { RuntimeName } from '../runtimes.ts';
import { cutMessage, MOST_LOOKED_AT, toLocation, type SourceLocation } from './last-words.ts';

export interface CompilerError {
  readonly message: string;
  readonly location: SourceLocation | undefined;
}

/** `./main.go:5:2: undefined: x` */
const ofGo = /^(?:\.\/)?(?<file>[\w./-]+\.go):(?<line>\d+):(?:(?<column>\d+):)? (?<text>.+)$/m;
/** `error[E0425]: cannot find value `x` in this scope`, and below ` --> src/main.rs:2:5` */
const ofRust = /^error(?:\[\w+\])?: (?<text>.+)\n(?:\s+--> (?<file>[^\n:]+):(?<line>\d+):(?<column>\d+))?/m;

/** The first error of a compiler; a source can make it say anything. */
export function readCompilerError(runtime: RuntimeName, stderr: string): CompilerError | undefined {
  const pattern = runtime === 'go' ? ofGo : ofRust;
  const { text, file, line, column } = pattern.exec(stderr.slice(0, MOST_LOOKED_AT))?.groups ?? {};
  return text === undefined
    ? undefined
    : { message: cutMessage(text), location: toLocation(file, line, column) };
}
