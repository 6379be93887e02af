import { describeUncaught, findStack } from './javascript.ts';
import { cutMessage, toLocation, toUncaught, type LastWords } from './last-words.ts';

const place = /^ +at (?<file>file:\/\/\/work\/[^\s:]+):(?<line>\d+):(?<column>\d+)$/m;

/** Parses Deno's report of an uncaught exception, which begins with `error: `. */
export function readDeno(text: string): LastWords | undefined {
  if (text.includes('Fatal JavaScript out of memory')) return { kind: 'out_of_memory' };
  const start = text.startsWith('error: ') ? 0 : text.lastIndexOf('\nerror: ') + 1;
  if (start === 0 && !text.startsWith('error: ')) return undefined;
  const report = text.slice(start);
  const { file, line, column } = place.exec(report)?.groups ?? {};
  const location = toLocation(file, line, column);
  const [first = '', ...rest] = report.slice('error: '.length).split('\n');
  const stack = findStack([`error: ${first}`, ...rest]);
  const wasThrown = first.startsWith('Uncaught');
  if (wasThrown && stack !== undefined) {
    return describeUncaught({ ...stack, text: withoutSource(stack.text) });
  }
  if (wasThrown) {
    const value = first.replace(/^Uncaught (\(in [\w ]+\) )?/, '');
    return toUncaught('Thrown', value, location);
  }
  // A syntax error is followed by the source, with bars in front.
  if (/^ +\|/m.test(report) || stack?.type === 'SyntaxError') {
    return { kind: 'syntax_error', message: cutMessage(first.replace(/^[\w ]*SyntaxError: /, '')), location };
  }
  return toUncaught('Error', first, location);
}

/** Removes the line of the source and the caret, which Deno prints between an error's text and its frames. */
function withoutSource(text: string): string {
  const lines = text.split('\n');
  const caret = lines.findLastIndex((line) => /^\s*\^$/.test(line));
  return caret < 1 ? text : lines.slice(0, caret - 1).join('\n');
}
