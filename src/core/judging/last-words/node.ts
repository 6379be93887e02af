import { describeUncaught, findStack } from './javascript.ts';
import { cutMessage, toLocation, toUncaught, type LastWords, type SourceLocation } from './last-words.ts';

/** Node's header above an error: `/work/main.js:3`, the line of the source, and a caret below it. */
const header = /^(?<file>(?:file:\/\/)?\/work\/[^:\s]+):(?<line>\d+)$/;

/** Parses Node's report of an uncaught exception at the end of stderr. */
export function readNode(text: string): LastWords | undefined {
  if (text.includes('JavaScript heap out of memory')) return { kind: 'out_of_memory' };
  // Without this last line, Node did not end the program.
  const end = text.lastIndexOf('\nNode.js v');
  if (end < 0) return undefined;
  const lines = text.slice(0, end).split('\n');
  const stack = findStack(lines);
  const at = findHeader(lines);
  if (stack === undefined || (at !== undefined && at.index > stack.index)) return readThrown(lines, at);
  if (stack.type === 'SyntaxError' && stack.own.length === 0) {
    const location = at?.location ?? findInText(stack.text);
    return { kind: 'syntax_error', message: cutMessage(stack.text), location };
  }
  return describeUncaught(stack, stack.own[0]?.location ?? at?.location);
}

/** `/work/data.json: Unexpected token … in JSON at position 7 (line 2 column 2)` */
const jsonPlace = /^(?<file>\/work\/[^:\n]+): [^\n]*\(line (?<line>\d+) column (?<column>\d+)\)/;

function findInText(text: string): SourceLocation | undefined {
  const { file, line, column } = jsonPlace.exec(text)?.groups ?? {};
  return toLocation(file, line, column);
}

interface Header {
  readonly index: number;
  readonly location: SourceLocation;
}

function findHeader(lines: readonly string[]): Header | undefined {
  const index = lines.findLastIndex((line) => header.test(line));
  const { file, line } = header.exec(lines[index] ?? '')?.groups ?? {};
  // The caret is on the first line that holds nothing else.
  const caret = lines.slice(index + 1, index + 4).find((one) => /^\s*\^+$/.test(one));
  const location = toLocation(file, line, caret === undefined ? undefined : String(caret.indexOf('^') + 1));
  return location === undefined ? undefined : { index, location };
}

/** Parses `throw 3`: the value is below the caret, and there is no stack. */
function readThrown(lines: readonly string[], at: Header | undefined): LastWords | undefined {
  if (at === undefined) return undefined;
  const value = lines
    .slice(at.index + 3)
    .filter((line) => line !== '' && !line.startsWith('(Use `node --trace-uncaught'))
    .join('\n');
  return toUncaught('Thrown', value, at.location);
}
