import { isBareValue } from './bare-value.ts';

/*
 * Looks at the lines of a script for a value that goes nowhere, and for a call of the entry function that Brig makes
 * anyway. Lines are no grammar: odd scripts are misread, so this gives advice and decides nothing.
 */

/** Longest script that is looked at, in UTF-16 units. */
const MOST_SCRIPT = 50_000;
/** Longest line that a suggestion repeats. */
const MOST_LINE = 200;

/** A line of a script, from 1, and its text without indentation. */
interface Line {
  readonly line: number;
  readonly text: string;
}

/**
 * Returns the last line of a function, or of the module, if it is a bare value. @param functionName undefined for the
 * module.
 */
export function findUnusedValue(script: string, functionName?: string): Line | undefined {
  if (script.length > MOST_SCRIPT) return undefined;
  const lines = script.split('\n').map((line) => line.trimEnd());
  const [start, end] = functionName === undefined ? [0, lines.length] : findBody(lines, functionName);
  const body = lines.slice(start, end);
  const at = body.findLastIndex(isCode);
  const before = body.slice(0, Math.max(0, at)).findLast(isCode);
  const last = body[at];
  if (last === undefined || isInText(lines.slice(0, start + at))) return undefined;
  const first = body.find(isCode) ?? '';
  // A deeper line belongs to a condition or a loop, and a line after an open one to a longer statement.
  if (indentationOf(last) !== indentationOf(first) || /[\\([{,=+\-*/]$/.test(before ?? '')) return undefined;
  const text = last.trim();
  return text.length <= MOST_LINE && isBareValue(text) ? { line: start + at + 1, text } : undefined;
}

/** Returns a call of the entry function at module level, outside of any condition. */
export function findOwnCall(script: string, functionName: string): Line | undefined {
  if (script.length > MOST_SCRIPT) return undefined;
  const lines = script.split('\n');
  const at = lines.findIndex((line) => {
    const place = line.indexOf(`${functionName}(`);
    return place >= 0 && /^$|^[^\s#@][^#"']*[=(]\s*$/.test(line.slice(0, place));
  });
  const text = lines[at];
  if (text === undefined || text.length > MOST_LINE || isInText(lines.slice(0, at))) return undefined;
  return { line: at + 1, text: text.trim() };
}

/** Returns the lines of the body of the last function of this name. */
function findBody(lines: readonly string[], name: string): readonly [start: number, end: number] {
  const at = lines.findLastIndex(
    (line) => line.startsWith(`def ${name}(`) || line.startsWith(`async def ${name}(`),
  );
  if (at < 0) return [0, 0];
  const rest = lines.slice(at + 1).findIndex((line) => /^[^\s#)]/.test(line));
  return [at + 1, rest < 0 ? lines.length : at + 1 + rest];
}

const isCode = (line: string): boolean => line !== '' && !line.trimStart().startsWith('#');

const indentationOf = (line: string): number => line.length - line.trimStart().length;

/** Whether lines end inside a text with triple quotes. */
const isInText = (lines: readonly string[]): boolean => {
  const text = lines.join('\n');
  return text.split('"""').length % 2 === 0 || text.split("'''").length % 2 === 0;
};
