import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonText, type ExecutionReport, type Failure } from './outcome.ts';
import { serializeOutcome, serializePieces } from './serialize-outcome.ts';

const execution = { id: 'e1' } as ExecutionReport;
const json = (text: string) => toJsonText(text) ?? expect.fail('not JSON');

/** Long enough for several pieces, with a character of two units on every edge there may be. */
const long = fc
  .tuple(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('😀', '\ud800', '"\\\n', 'é', '\u0000'),
    fc.nat(70_000),
  )
  .map(([text, unit, length]) => text + unit.repeat(length * 2));

describe('serializePieces', () => {
  it('writes streams as JSON.stringify does', () => {
    fc.assert(
      fc.property(long, long, (stdout, stderr) => {
        const rest = { return_code: 0, execution, files: [] };
        const written = serializeOutcome({ success: true, result: json('5.0'), stdout, stderr, ...rest });
        const plain = JSON.stringify({ success: true, result: 5, stdout, stderr, ...rest });
        expect(written === plain.replace('"result":5', '"result":5.0')).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('writes a failure as JSON.stringify does, in the order of the contract', () => {
    const failure: Failure = {
      success: false,
      error: 'runtime_error',
      error_type: 'ValueError',
      message: 'no "good"',
      stdout: 'a\n',
      stderr: '',
      suggestions: ['x'],
      retryable: false,
      available_functions: ['main'],
      return_code: 1,
      execution,
    };
    expect(serializeOutcome(failure)).toBe(JSON.stringify(failure));
  });

  it('cuts a long result into well-formed pieces', () => {
    const result = json(JSON.stringify(`x${'😀'.repeat(200_000)}`));
    const rest = { stdout: '', stderr: '', return_code: 0, execution, files: [] };
    const pieces = [...serializePieces({ success: true, result, ...rest })];
    expect(pieces.every((piece) => piece.isWellFormed() && piece.length < 70_000)).toBe(true);
    expect(pieces.join('').includes(result)).toBe(true);
  });
});
