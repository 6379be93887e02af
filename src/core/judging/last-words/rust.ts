import { toLocation, toUncaught, type LastWords, type SourceLocation } from './last-words.ts';

/** Separates the thread's name from the place: `thread 'main' (7) panicked at main.rs:3:5:` */
const PANICKED = ' panicked at ';
const place = /^(?<file>[^:]+):(?<line>\d+):(?<column>\d+):$/;
/** Text of an `Err` that `main` returned. */
const returned = /^Error: (?<text>[\s\S]*)$/m;

/** Exit status of a program whose main thread panicked; with another one, each panic was caught or another thread's. */
const PANIC_STATUS = 101;

interface Panic {
  readonly location: SourceLocation | undefined;
  readonly text: string[];
}

/** Parses the report of a Rust program when a thread panics, or `main` returns an error. */
export function readRust(text: string, status = PANIC_STATUS): LastWords | undefined {
  if (/^memory allocation of \d+ bytes failed$/m.test(text)) return { kind: 'out_of_memory' };
  const panic = status === PANIC_STATUS ? findPanic(text.split('\n')) : undefined;
  if (panic !== undefined) return toUncaught('panic', panic.text.join('\n').trimEnd(), panic.location);
  const said = returned.exec(text)?.groups?.['text'];
  return said === undefined ? undefined : toUncaught('Error', said.trimEnd(), undefined);
}

/** Returns the last panic. Reads line by line, since the text of a panic may look like the beginning of others. */
function findPanic(lines: readonly string[]): Panic | undefined {
  let last: Panic | undefined;
  let isOpen = false;
  for (const line of lines) {
    if (isOpen) {
      isOpen = !line.startsWith('note: ') && !line.startsWith('stack backtrace:');
      if (isOpen) last?.text.push(line);
      continue;
    }
    const found = readHeader(line);
    if (found === undefined) continue;
    last = found;
    isOpen = true;
  }
  return last;
}

function readHeader(line: string): Panic | undefined {
  const at = line.lastIndexOf(PANICKED);
  if (at < 0 || !line.startsWith("thread '")) return undefined;
  const found = place.exec(line.slice(at + PANICKED.length))?.groups;
  if (found === undefined) return undefined;
  return { location: toLocation(found['file'], found['line'], found['column']), text: [] };
}
