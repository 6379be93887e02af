import type { Evidence } from '../../contract/evidence.ts';
import type { ErrorReport } from '../../contract/harness-report.ts';
import type { ClassifyContext } from '../context.ts';
import { fenceAdvice, isFence, suggestForFence } from './fences.ts';
import { suggestForNewerSyntax } from './newer-syntax.ts';

type SyntaxReport = Extract<ErrorReport, { kind: 'syntax_error' }>;

interface Rule {
  /** Matches the exception's class and message, `SyntaxError: invalid syntax`. */
  readonly text?: RegExp;
  /** Matches the line of the script that CPython shows. */
  readonly line?: RegExp | ((line: string) => boolean);
  readonly suggestions: readonly string[];
  /** Suggestions in mode `script`, which calls no main(). */
  readonly inScript?: readonly string[];
}

const keywords = new Set(
  'class def from import lambda global pass return yield with while for if else elif try except finally raise del is in and or not assert break continue nonlocal async await'.split(
    ' ',
  ),
);

/** Whether a line uses a keyword as the name of a function, a class, a variable or a parameter. */
function bindsKeyword(line: string): boolean {
  const [, defined, assigned] = /^\s*(?:(?:def|class)\s+(\w+)|(\w+)\s*=[^=])/.exec(line) ?? [];
  const names = [
    defined,
    assigned,
    ...[...line.matchAll(/[(,]\s*(\w+)(?=\s*[,)=])/g)].map(([, name]) => name),
  ];
  return names.some((name) => name !== undefined && keywords.has(name));
}

/** From the special to the general; the first match counts. */
const rules: readonly Rule[] = [
  { line: isFence, suggestions: [fenceAdvice] },
  {
    text: /call to 'print'/,
    suggestions: ['Write print(...) with parentheses: the print statement is Python 2'],
  },
  {
    text: /call to 'exec'/,
    suggestions: ['Write exec(...) with parentheses: the exec statement is Python 2'],
  },
  {
    text: /invalid character '[^']{1,4}' \(U\+(20(18|19|1A|1C|1D|1E)|00(AB|BB))\)/,
    suggestions: ['Replace the typographic quotes by " or \''],
  },
  {
    text: /invalid (non-printable )?character/,
    suggestions: ['Type the character anew: it is invisible, or only looks like the one that Python knows'],
  },
  {
    text: /multiple exception types must be parenthesized/,
    suggestions: [
      'Write `except Error as name:`; the comma is Python 2. For several: `except (A, B) as name:`',
    ],
  },
  { text: /leading zeros/, suggestions: ['Write octal numbers as 0o17, and others without leading zeros'] },
  {
    text: /unterminated (triple-quoted |f-string|string|t-string)/,
    suggestions: [
      'Close the string with the quote that opened it',
      'For text of several lines use triple quotes; in JSON a line break within a string of the script is \\\\n',
    ],
  },
  { text: /^TabError|inconsistent use of tabs/, suggestions: ['Indent with spaces only, four a level'] },
  {
    text: /expected an indented block/,
    suggestions: ['Indent the lines after the colon, or write `pass` where there are none'],
  },
  { text: /^IndentationError/, suggestions: ['Give the lines of one block the same indentation'] },
  {
    text: /outside (async|of an asynchronous) function|'await' outside function/,
    suggestions: ['Make the function around it `async def`; `async def main()` is awaited by itself'],
    inScript: ['Put it into a function `async def main()`, and call asyncio.run(main())'],
  },
  {
    text: /'return' outside function|'yield' outside function/,
    suggestions: ['Move it into a function: def main(), with its lines indented'],
    inScript: ['Move it into a function; sys.exit() ends a script'],
  },
  { line: /^\s*else\s+if\b/, suggestions: ['Write elif'] },
  { text: /was never closed/, suggestions: ['Add the closing bracket'] },
  { text: /unmatched/, suggestions: ['Remove the closing bracket, or add the one that opens it'] },
  { text: /expected ':'/, suggestions: ['End the line with a colon'] },
  { text: /Maybe you meant '=='/, suggestions: ['Compare with ==; = assigns'] },
  { text: /forgot a comma/, suggestions: ['Put a comma between the items, also at the end of a line'] },
  {
    text: /expecting '}'/,
    suggestions: ['Close the braces of the f-string; a brace itself is written {{ or }}'],
  },
  {
    text: /(non-default argument follows|parameter without a default follows)/,
    suggestions: ['Put parameters with a default behind those without'],
  },
  {
    text: /positional argument follows keyword/,
    suggestions: ['Put arguments without a name in front of those with one'],
  },
  {
    text: /expected after dictionary key/,
    suggestions: ['Write key: value for each item of a dict; a set has no keys'],
  },
  {
    text: /expected 'except' or 'finally'/,
    suggestions: ['End the try block with `except Error:` or `finally:`'],
  },
  {
    text: /cannot assign to (None|True|False)/,
    line: bindsKeyword,
    suggestions: ['Choose another name: this one is a keyword of Python'],
  },
  { text: /null bytes/, suggestions: ['Remove the NUL characters from the script'] },
  {
    text: /too many nested|RecursionError|MemoryError|too complex|OverflowError/,
    suggestions: ['Split the expression or the block: it is nested too deeply for the compiler'],
  },
  {
    line: /^\s*(let|const|var)\s+\w|^\s*function\b|=>|&&|\|\||\+\+\s*$|^\s*}\s*else/,
    suggestions: ['Write Python 3: the line looks like JavaScript or C'],
  },
  { line: /<>/, suggestions: ['Write != for "not equal"; <> is Python 2'] },
  { line: /^\s*raise\s+\w+\s*,/, suggestions: ['Write raise Error(text); the comma is Python 2'] },
  { line: /^\s*(>>>|\.\.\.|In \[\d+\]:)/, suggestions: ['Remove the prompts (>>>) in front of the lines'] },
  { line: /^\s*[%!]\s*\w/, suggestions: ['Remove the notebook command: only Python runs here'] },
  { line: /^\s*<[!/a-zA-Z]/, suggestions: ['Send Python alone: the line looks like HTML or XML'] },
  {
    line: /^\s*(pip3?|python3?|apt(-get)?|conda)\s+\w/,
    suggestions: ['Remove the shell command: only Python runs here'],
  },
];

/** Returns suggestions about source that CPython refuses. */
export function suggestForSyntax(
  report: SyntaxReport,
  { script }: Pick<ClassifyContext, 'script'>,
  mode: Evidence['mode'],
): string[] {
  const text = `${report.type}: ${report.message}`;
  const line = findLine(report);
  const special = [
    ...suggestForFence(script ?? '', report.location?.line),
    ...suggestForNewerSyntax(text, line ?? '', report.python),
  ];
  const rule = rules.find(
    (candidate) => candidate.text?.test(text) === true || (line !== undefined && fits(candidate.line, line)),
  );
  const found =
    special.length > 0
      ? special
      : ((mode === 'script' ? rule?.inScript : undefined) ?? rule?.suggestions ?? []);
  const suggestions = [...found, ...pointTo(report.location)];
  return suggestions.length > 0 ? suggestions : ['Check that the script is Python 3'];
}

function fits(rule: Rule['line'], line: string): boolean {
  return rule instanceof RegExp ? rule.test(line) : rule?.(line) === true;
}

/** Points to the place, and the line above, since CPython often notices an error one line late. */
function pointTo(where: SyntaxReport['location']): string[] {
  if (where === undefined) return [];
  const column = where.column === undefined ? '' : `, column ${where.column}`;
  return [
    `Look at line ${where.line}${column}${where.line > 1 ? ', and at the end of the line before it' : ''}`,
  ];
}

/** Returns the line of the source in the rendered error, below `File "script.py", line N`. */
function findLine({ traceback }: SyntaxReport): string | undefined {
  const lines = traceback?.split('\n') ?? [];
  const header = lines.findLastIndex((line) => /^\s*File "/.test(line));
  return header === -1 ? undefined : lines[header + 1];
}
