import { toLocation, toUncaught, type LastWords } from './last-words.ts';

/**
 * `\t./main.go:5 +0x1d`, below the name of the function, with registers after a fatal error; paths of the standard
 * library have no dot.
 */
const frame =
  /^\t(?<file>\.\/[^\s:]+\.go):(?<line>\d+)(?: \+0x[\da-f]+(?: fp=0x[\da-f]+ sp=0x[\da-f]+ pc=0x[\da-f]+)?)?$/;
/** Stack of the scheduler, in front of those of goroutines. */
const SCHEDULER = '\n\nruntime stack:\n';
/** Maximum number of lines read of a dump of goroutines; the first goroutine is the failed one. */
const MOST_LINES = 500;

/** Parses the report of Go's runtime on a panic or fatal error: `panic: text`, an empty line, goroutines. */
export function readGo(text: string): LastWords | undefined {
  const dump = text.indexOf('\n\ngoroutine ');
  const [head = ''] = text.slice(0, dump < 0 ? undefined : dump).split(SCHEDULER, 1);
  const found = findHeading(head);
  if (found === undefined) return undefined;
  if (/out of memory|cannot allocate memory/.test(found.said)) return { kind: 'out_of_memory' };
  if (dump < 0) return undefined;
  const lines = text.slice(dump, dump + 64 * 1024).split('\n', MOST_LINES);
  const own = lines.flatMap((line, index) => {
    const { file, line: at } = frame.exec(line)?.groups ?? {};
    const location = toLocation(file, at);
    return location === undefined ? [] : [{ location, text: `${lines[index - 1] ?? ''}\n${line}` }];
  });
  const { type, message } = nameFailure(found);
  return toUncaught(
    type,
    message,
    own[0]?.location,
    own.map((one) => one.text),
  );
}

interface Heading {
  readonly word: string;
  readonly said: string;
}

function findHeading(head: string): Heading | undefined {
  for (const word of ['panic', 'fatal error']) {
    const start = `\n${head}`.lastIndexOf(`\n${word}: `);
    if (start >= 0) return { word, said: head.slice(start + word.length + 2) };
  }
  return undefined;
}

/** Drops `[recovered]` and the line of the signal, which say nothing about the failure, and any second panic. */
function nameFailure({ word, said }: Heading): { type: string; message: string } {
  const [first = ''] = said.split(/\n\tpanic: |\n\[signal /, 1);
  const message = first.replace(/ \[recovered(, repanicked)?\]$/, '');
  if (message.startsWith('runtime error: ')) {
    return { type: 'runtime error', message: message.slice('runtime error: '.length) };
  }
  return { type: word, message };
}
