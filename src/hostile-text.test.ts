import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findAbort } from './core/judging/last-words/abort.ts';
import { readCompilerError } from './core/judging/last-words/compilers.ts';
import { readLastWords } from './core/judging/last-words/read-last-words.ts';
import { createReturnCheck } from './core/contract/files/returned-files.ts';
import { parseGlob } from './core/contract/files/globs.ts';
import { parseErrorReport } from './core/contract/harness-report.ts';
import { packageOfSpecifier } from './core/contract/import-answer.ts';
import { nearest } from './core/text/nearest.ts';
import { runtimeNames } from './core/contract/runtimes.ts';
import { suggestForTypes } from './core/judging/suggestions/calls.ts';
import { installs, suggestForInstallation } from './core/judging/suggestions/installations.ts';
import { suggestForSyntax } from './core/judging/suggestions/syntax.ts';
import { readReply } from './generate/read-reply.ts';
import { readForeign } from './dialects/common/read-foreign.ts';
import { numberField } from './dialects/common/quantities.ts';
import { textMapField } from './dialects/common/fields.ts';

/*
 * Text of a script, a caller or a model that was made to take long to read, while the event loop serves everybody
 * else. Measures CPU time, which a busy machine lengthens little.
 */

const MOST_MS = 1000;
const KiB = 1024;

function measure(work: () => unknown): number {
  const { user } = process.cpuUsage();
  work();
  return (process.cpuUsage().user - user) / 1000;
}

/** A beginning, a piece that is repeated to fill the text, and an end. */
type Shape = readonly [start: string, piece: string, end: string];
const write = ([start, piece, end]: Shape, length: number): string =>
  `${start}${piece.repeat(length / piece.length)}${end}`;

const programs = runtimeNames.filter((name) => name !== 'python');
const lastWords: readonly Shape[] = [
  ...['\nA: ', '\npanic: ', "\nthread 'x' panicked at a:1:1:\n", '\n    at ', 'error', '\nTypeError: '].map(
    (piece): Shape => ['', piece, '\nNode.js v24\n\nBun v1.4.4 (Linux x64)\n'],
  ),
  ['\nBun v', '1.', ''],
  ['\nBun v1.4.4 (Linux x64', ' ', 'x'],
  ['\nBun v1 (Linux x64)', '\n', 'x'],
  ['', '\nBun v1 (Linux x64)', '\n'],
  ["thread '", "' panicked at e", ''],
  ["thread '", "' panicked at a:1:1:\n", 'x'],
  ['', 'd\r', '.go:1: s'],
  ['./a', '.go', ':1:1: x'],
  ['error: ', 'x', '\n'],
  ['', 'error: x\n ', '--> a'],
  ['', ' -', '-> a:1:1'],
  ['/work/', 'a: (line 1', ' column 1)'],
  ['', 'Error: A\n', '\nNode.js v24\n'],
];

describe('the last words of a program', { timeout: 120_000 }, () => {
  it.each(lastWords)('take no time: %j, many of %j, %j', (...shape) => {
    for (const length of [60 * KiB, KiB * KiB]) {
      const text = write(shape, length);
      const took = measure(() => {
        for (const runtime of programs) readLastWords(runtime, text);
        for (const runtime of programs) readCompilerError(runtime, text);
      });
      expect(took).toBeLessThan(MOST_MS);
    }
  });
});

describe('what a jail says', { timeout: 120_000 }, () => {
  it('of files is compared with their patterns for a bounded time', () => {
    const patterns = Array.from({ length: 100 }, (_, at) => `**/${'*a'.repeat(100)}*b${at}`);
    const mayReturn = createReturnCheck(patterns.map(parseGlob), 100);
    const folder = `${'a'.repeat(250)}/`.repeat(4);
    const took = measure(() => {
      for (let file = 0; file < 100; file += 1) mayReturn(`${folder}${file}`, false);
    });
    expect(took).toBeLessThan(MOST_MS);
  });

  it.each<Shape>([
    ['', "'NoneType'unsupported operand type", "'NoneType'"],
    ['', 'as giventakes ', 'but 0 was'],
    ['', 'invalid character A', ''],
    ['', '(', ''],
    ['', 'pip install', ''],
    ['pip install ', 'a', ''],
    ['', '\n```', ''],
    ['', '"""\n', '```'],
    ['', 'f"{', ''],
    ['', 'def a ', '['],
  ])('of an exception is looked through at once: %j, many of %j, %j', (...shape) => {
    const message = write(shape, 1000 * KiB);
    const kinds = [
      { kind: 'runtime_error', type: 'TypeError', message, traceback: message },
      { kind: 'syntax_error', type: 'SyntaxError', message, traceback: `  File "script.py"\n${message}` },
    ];
    const took = measure(() => {
      for (const kind of kinds) {
        const report = parseErrorReport(JSON.stringify(kind));
        if (report?.kind === 'runtime_error') {
          suggestForTypes(report.message);
          if (installs(report)) suggestForInstallation(report, { environment: 'default' });
        }
        findAbort(message);
        if (report?.kind === 'syntax_error') suggestForSyntax(report, { script: message }, 'script');
      }
    });
    expect(took).toBeLessThan(MOST_MS);
  });

  it('of names is compared with the one that was meant, up to a length', () => {
    const names = Array.from({ length: 5000 }, (_, at) => `${'a'.repeat(190)}${at}`);
    expect(measure(() => nearest('b'.repeat(64), names))).toBeLessThan(MOST_MS);
  });
});

describe('what a caller sends', { timeout: 120_000 }, () => {
  const number = z.object({ a: numberField(0) });
  it.each<Shape>([
    ['', '0', 'E'],
    ['', ' ', 'x'],
    ['1', ' ', 'x'],
    ['1e', '1', 'x'],
  ])('is read as a number at once: %j, many of %j, %j', (...shape) => {
    expect(measure(() => number.safeParse({ a: write(shape, 200 * KiB) }))).toBeLessThan(MOST_MS);
  });

  it('is refused for its first hundred faults', () => {
    const entries = Array.from({ length: 5000 }, (_, at) => `"a${at}":1`);
    const body = new TextEncoder().encode(`{"files":{${entries.join()}}}`);
    const read = readForeign(body, z.object({ files: textMapField() }), () => undefined);
    expect('issues' in read && read.issues).toHaveLength(100);
  });

  it.each(['\0@', '@', '@a/', '/'])('names a package at once: many of %j', (piece) => {
    const specifier = write(['a', piece, '\n'], 200 * KiB);
    expect(measure(() => packageOfSpecifier(specifier))).toBeLessThan(MOST_MS);
  });
});

describe('what a model replies', { timeout: 120_000 }, () => {
  it.each<Shape>([
    ['', '```', ''],
    ['', '```a ', ''],
    ['', '```\n', '`'],
    ['', '<think>', ''],
    ['', ' ', '<think>'],
    ['', '{', '}'],
    ['', 'import a ', ''],
    ['', 'from a.', ''],
    ['', 'class a', ''],
  ])('is read at once: %j, many of %j, %j', (...shape) => {
    const text = write(shape, 256 * KiB);
    const took = measure(() => readReply(text, { codeKeys: ['code'], takesBlock: true, takesText: true }));
    expect(took).toBeLessThan(MOST_MS);
  });
});
