import { toLocation, toUncaught, type LastWords } from './last-words.ts';

/** `thread 'main' (7) panicked at main.rs:3:5:`, and the text below. */
const panic =
  /^thread '[^\n]*?'(?: \(\d+\))? panicked at (?<file>[^\n:]+):(?<line>\d+):(?<column>\d+):\n(?<text>[\s\S]*?)(?:\nnote: |\nstack backtrace:|$(?![\s\S]))/gm;
/** What `main` says of an `Err` that it returns. */
const returned = /^Error: (?<text>[\s\S]*)$/m;

/** What a Rust program writes when a thread panics, or when `main` returns an error. */
export function readRust(text: string): LastWords | undefined {
  if (/^memory allocation of \d+ bytes failed$/m.test(text)) return { kind: 'out_of_memory' };
  const found = [...text.matchAll(panic)].at(-1)?.groups;
  if (found !== undefined) {
    const { file, line, column } = found;
    return toUncaught('panic', (found['text'] ?? '').trimEnd(), toLocation(file, line, column));
  }
  const said = returned.exec(text)?.groups?.['text'];
  return said === undefined ? undefined : toUncaught('Error', said.trimEnd(), undefined);
}
