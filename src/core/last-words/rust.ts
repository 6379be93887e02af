import { toLocation, toUncaught, type LastWords, type SourceLocation } from './last-words.ts';

/** What stands between the thread's name and the place: `thread 'main' (7) panicked at main.rs:3:5:` */
const PANICKED = ' panicked at ';
const place = /^(?<file>[^:]+):(?<line>\d+):(?<column>\d+):$/;
/** What `main` says of an `Err` that it returns. */
const returned = /^Error: (?<text>[\s\S]*)$/m;

interface Panic {
  readonly location: SourceLocation | undefined;
  readonly text: string[];
}

/** What a Rust program writes when a thread panics, or when `main` returns an error. */
export function readRust(text: string): LastWords | undefined {
  if (/^memory allocation of \d+ bytes failed$/m.test(text)) return { kind: 'out_of_memory' };
  const panic = findPanic(text.split('\n'));
  if (panic !== undefined) return toUncaught('panic', panic.text.join('\n').trimEnd(), panic.location);
  const said = returned.exec(text)?.groups?.['text'];
  return said === undefined ? undefined : toUncaught('Error', said.trimEnd(), undefined);
}

/** The last panic; one line after another, since the text of a panic may look like the beginning of many. */
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
