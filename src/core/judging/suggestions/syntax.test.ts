import { describe, expect, it } from 'vitest';
import { fail, makeEvidence, makeReport } from '../verdict/classify.test-support.ts';

/** Returns suggestions for CPython's error about a line, rendered like in the harness. */
function suggest(type: string, message: string, line: string, rest: object = {}): string[] {
  const traceback = `  File "script.py", line 7\n    ${line}\n    ^\n${type}: ${message}\n`;
  const report = makeReport({
    kind: 'syntax_error',
    type,
    message,
    traceback,
    location: { line: 7, column: 2 },
    ...rest,
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

describe('syntax of a later Python', () => {
  const unmatched = "f-string: unmatched '['";
  it.each([
    [unmatched, `return f'{x['a']}'`, 'Use the other quotes'],
    ["f-string: expecting '}'", 'return f"{", ".join(["a"])}"', 'Use the other quotes'],
    ['f-string expression part cannot include a backslash', `f'{"\\n".join(x)}'`, 'into a variable'],
    ["expected '('", 'def first[T](items: list[T]) -> T:', 'TypeVar'],
    ['invalid syntax', 'class Box[T]:', 'TypeVar'],
    ['invalid syntax', 'type Names = list[str]', 'without `type`'],
  ])('%s in %s', (message, line, advice) => {
    const [first] = suggest('SyntaxError', message, line, { python: '3.11.7' });
    expect(first).toContain(advice);
    expect(first).toMatch(/Python 3\.12: this is 3\.11$/);
    // The cause is another one there.
    expect(suggest('SyntaxError', message, line, { python: '3.12.1' })[0]).not.toContain('needs');
  });

  it.each([
    [`return f'{x["a"]'`, "f-string: expecting '}'", 'Close the braces'],
    [`return f'{{' + x['a' + '}'`, "'[' was never closed", 'Add the closing bracket'],
  ])('is not blamed where the quotes are right: %s', (line, message, advice) => {
    expect(suggest('SyntaxError', message, line, { python: '3.11.7' })[0]).toContain(advice);
  });
});

const suggestAt = (line: number, script: string): string => {
  const report = makeReport({
    kind: 'syntax_error',
    type: 'SyntaxError',
    message: 'invalid syntax',
    location: { line },
  });
  return fail(makeEvidence({ report }), { script }).suggestions[0] ?? '';
};

describe('an answer of a model', () => {
  const advice = 'Send the code alone, without the prose around it and the lines of ```';

  it('with prose around its code', () => {
    const script = 'Here is the code:\n\n```python\ndef main(): pass\n```\n\nIt does nothing.';
    expect(suggestAt(1, script)).toBe(advice);
    expect(suggestAt(7, script)).toBe(advice);
  });

  it('is not seen in an error of the code, nor in a string', () => {
    expect(suggestAt(4, 'Code:\n\n```python\ndef main(: pass\n```')).not.toBe(advice);
    expect(suggestAt(1, 'x = (\nPAGE = """\n```\nx\n```\n"""\n')).not.toBe(advice);
  });
});

it('speaks of no main() in mode script', () => {
  for (const message of ["'await' outside function", "'return' outside function"]) {
    const report = makeReport({ kind: 'syntax_error', type: 'SyntaxError', message });
    const inScript = fail(makeEvidence({ report, mode: 'script' })).suggestions[0];
    expect(inScript).not.toBe(fail(makeEvidence({ report })).suggestions[0]);
    expect(inScript).not.toContain('awaited by itself');
  }
});
