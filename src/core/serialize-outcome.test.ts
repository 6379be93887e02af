import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonText, type ExecutionReport, type Failure } from './contract/outcome.ts';
import { serializeOutcome, serializePieces } from './serialize-outcome.ts';

const execution = { id: 'e1' } as ExecutionReport;
const json = (text: string) => toJsonText(text) ?? expect.fail('not JSON');

/** Long enough for several pieces, with a surrogate pair on every possible edge. */
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
      files: [],
    };
    expect(serializeOutcome(failure)).toBe(JSON.stringify(failure));
  });

  it('writes files as text or base64, in pieces that together are the whole', () => {
    const binaries = fc.record({ bytes: fc.uint8Array({ maxLength: 20 }), times: fc.nat(20_000) });
    const text = fc.tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(20_000));
    fc.assert(
      fc.property(binaries, text, ({ bytes, times }, [words, repeats]) => {
        const binary = Uint8Array.from({ length: times }, (_, at) => bytes[at % bytes.length] ?? 0);
        const written = `\ufeff${words.repeat(repeats)}`;
        const files = [
          { path: 'a"b', bytes: binary, media_type: 'x/y', encoding: 'base64' },
          { path: 'é', bytes: new TextEncoder().encode(written), media_type: 'text/plain', encoding: 'utf8' },
        ] as const;
        const outcome = { success: true, stdout: '', stderr: '', return_code: 0, execution } as const;
        const pieces = [...serializePieces({ ...outcome, result: json('1'), files })];
        expect(pieces.every((piece) => piece.isWellFormed() && piece.length <= 6 * 64 * 1024)).toBe(true);
        const [first, second] = (
          JSON.parse(pieces.join('')) as { files: { content: string; size: number }[] }
        ).files;
        expect(Uint8Array.from(atob(first?.content ?? ''), (one) => one.charCodeAt(0))).toEqual(binary);
        expect(first?.size).toBe(binary.length);
        expect(second?.content).toBe(written.toWellFormed());
      }),
      { numRuns: 20 },
    );
  });

  it('cuts a long result into well-formed pieces', () => {
    const result = json(JSON.stringify(`x${'😀'.repeat(200_000)}`));
    const rest = { stdout: '', stderr: '', return_code: 0, execution, files: [] };
    const pieces = [...serializePieces({ success: true, result, ...rest })];
    expect(pieces.every((piece) => piece.isWellFormed() && piece.length < 70_000)).toBe(true);
    expect(pieces.join('').includes(result)).toBe(true);
  });
});
