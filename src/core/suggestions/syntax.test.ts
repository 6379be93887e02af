import { expect, it } from 'vitest';
import { fail, makeEvidence, makeReport } from '../verdict/classify.test-support.ts';

/** What CPython says of a line, rendered as the harness does. */
function suggest(type: string, message: string, line: string): string[] {
  const traceback = `  File "script.py", line 7\n    ${line}\n    ^\n${type}: ${message}\n`;
  const report = makeReport({
    kind: 'syntax_error',
    type,
    message,
    traceback,
    location: { line: 7, column: 2 },
  });
  return fail(makeEvidence({ report })).suggestions;
}

it.each([
  [
    'SyntaxError',
    "Missing parentheses in call to 'print'. Did you mean print(...)?",
    "print 'a'",
    'Write print(...)',
  ],
  ['SyntaxError', 'invalid syntax', '```python', 'Remove the Markdown fence'],
  ['SyntaxError', "invalid character '“' (U+201C)", 'print(“a”)', 'typographic quotes'],
  ['SyntaxError', 'invalid non-printable character U+00A0', 'x = 1', 'Type the character anew'],
  ['SyntaxError', 'unterminated string literal (detected at line 7)', "x = 'a", 'Close the string'],
  [
    'SyntaxError',
    'unterminated triple-quoted string literal (detected at line 9)',
    "x = '''a",
    'Close the string',
  ],
  ['IndentationError', 'unexpected indent', 'b = 2', 'same indentation'],
  [
    'IndentationError',
    "expected an indented block after 'if' statement on line 6",
    'pass',
    'Indent the lines after the colon',
  ],
  ['TabError', 'inconsistent use of tabs and spaces in indentation', 'b = 2', 'spaces only'],
  ['SyntaxError', "'await' outside async function", 'await g()', '`async def`'],
  ['SyntaxError', "'await' outside function", 'await g()', '`async def`'],
  ['SyntaxError', "'return' outside function", 'return 1', 'Move it into a function'],
  ['SyntaxError', 'multiple exception types must be parenthesized', 'except A, e:', 'except Error as name'],
  ['SyntaxError', "'(' was never closed", 'f(1,', 'closing bracket'],
  ['SyntaxError', "expected ':'", 'if x', 'colon'],
  ['SyntaxError', 'invalid syntax', 'else if x:', 'elif'],
  ['SyntaxError', 'invalid syntax', 'let x = 5', 'JavaScript'],
  ['SyntaxError', 'invalid syntax', '>>> x', 'prompts'],
  ['SyntaxError', 'invalid syntax', 'pip install numpy', 'shell command'],
])('%s: %s in %s', (type, message, line, expected) => {
  const suggestions = suggest(type, message, line);
  expect(suggestions[0]).toContain(expected);
  expect(suggestions.at(-1)).toBe('Look at line 7, column 2, and at the end of the line before it');
});

it('says where to look when nothing else is known', () => {
  expect(suggest('SyntaxError', 'invalid syntax', 'x = 5 +')).toHaveLength(1);
  const report = makeReport({ kind: 'syntax_error', type: 'ValueError', message: '' });
  expect(fail(makeEvidence({ report }))).toMatchObject({
    message: 'ValueError',
    suggestions: ['Check that the script is Python 3'],
  });
});
