import { toLocation, toUncaught, type LastWords, type SourceLocation } from './last-words.ts';

/* Reports of Node, Deno and Bun: class and text of the error, then a line for each stack frame. */

/** `TypeError: text`, `Error [ERR_X]: text`, and Deno's `error: Uncaught (in promise) TypeError: text`. */
const heading =
  /^(?:error: (?:Uncaught (?:\(in [\w ]+\) )?)?)?(?<type>[A-Z][\w$]*(?:Error|Exception|Rejection|[a-z]))(?: \[(?<code>[\w]+)\])?(?:: (?<text>.*))?$/;
/** An error without frames of its own, as Node prints it: `[TypeError: fetch failed] {`, with its cause below. */
const bracketed = /^\[(?<type>[A-Z][\w$]*Error)(?: \[(?<code>[\w]+)\])?(?:: (?<text>.*))?\](?: \{)?$/;
const frame = /^ +at (?:.*\()?(?<file>(?:file:\/\/)?\/[^():\s]+):(?<line>\d+):(?<column>\d+)\)?(?: \{)?$/;
const anyFrame = /^ +at /;

export interface Stack {
  readonly type: string;
  readonly text: string;
  /** Frames in the working directory. */
  readonly own: readonly { readonly line: string; readonly location: SourceLocation }[];
  readonly index: number;
}

/** Returns the last error with a class and usually a stack, and the index of its first line. */
export function findStack(lines: readonly string[]): Stack | undefined {
  let hasFrames = false;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index] ?? '';
    hasFrames ||= anyFrame.test(line);
    const groups = (heading.exec(line) ?? bracketed.exec(line))?.groups;
    if (groups?.['type'] === undefined) continue;
    if (!hasFrames && !/Error|Exception|Rejection/.test(groups['type'])) continue;
    // Parsed for this line only, since any number of lines may look like a heading.
    return { type: groups['type'], index, ...readStack(lines, index, groups['text'] ?? '') };
  }
  return undefined;
}

/** Parses a stack. The text of an error may span lines; frames begin at the first line that looks like one. */
function readStack(lines: readonly string[], index: number, first: string): Pick<Stack, 'text' | 'own'> {
  const rest = lines.slice(index + 1);
  const start = rest.findIndex((line) => anyFrame.test(line));
  const text = start <= 0 ? first : [first, ...rest.slice(0, start)].join('\n');
  const frames = start < 0 ? [] : takeFrames(rest.slice(start));
  const own = frames.flatMap((line) => {
    const { file, line: at, column } = frame.exec(line)?.groups ?? {};
    const location = toLocation(file, at, column);
    return location === undefined ? [] : [{ line, location }];
  });
  return { text: text.trimEnd(), own };
}

function takeFrames(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => !anyFrame.test(line));
  return end < 0 ? [...lines] : lines.slice(0, end);
}

export function describeUncaught(stack: Stack, location = stack.own[0]?.location): LastWords {
  const { type, text, own } = stack;
  return toUncaught(
    type,
    text,
    location,
    own.map(({ line }) => line),
  );
}
