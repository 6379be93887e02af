import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameReader } from './frame-reader.ts';
import { frame } from './frame.test-support.ts';

function read(chunks: readonly Buffer[], resultBytes = 100): string[] {
  const seen: string[] = [];
  const reader = createFrameReader(resultBytes, {
    onFrame: ({ name, payload }) => seen.push(`${name} ${payload.toString('latin1')}`),
    onBreach: (detail) => seen.push(`breach: ${detail}`),
    onOversizedResult: (bytes) => seen.push(`oversized: ${bytes}`),
  });
  for (const chunk of chunks) reader.push(chunk);
  return seen;
}

describe('createFrameReader', () => {
  it('reads frames however they are cut', () => {
    const bytes = Buffer.concat([frame('y', '3.11.7'), frame('r', '{"a":1}'), frame('e', '')]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
        expect(read(chunks)).toEqual(['ready 3.11.7', 'result {"a":1}', 'error ']);
      }),
    );
  });

  it.each([
    ['an unknown tag', frame('z', ''), ['breach: an unknown frame']],
    ['a greeting of a megabyte', frame('y', '', 1 << 20), ['breach: an oversized frame']],
    ['an error of four gigabytes', frame('e', '', 0xffffffff), ['breach: an oversized frame']],
    ['a result over its cap', frame('r', '', 101), ['oversized: 101']],
    ['half a header', Buffer.from('r\0'), []],
    ['half a payload', frame('r', '12', 10), []],
  ])('does not believe %s', (_, bytes, expected) => {
    expect(read([bytes])).toEqual(expected);
  });

  it('keeps no chunk: its memory may be used again', () => {
    const seen: string[] = [];
    const reader = createFrameReader(100, {
      onFrame: ({ payload }) => seen.push(payload.toString()),
      onBreach: (detail) => seen.push(detail),
      onOversizedResult: () => undefined,
    });
    const scratch = Buffer.alloc(1);
    for (const byte of Buffer.concat([frame('r', '"abcdef"'), frame('e', '{}')])) {
      scratch[0] = byte;
      reader.push(scratch);
    }
    expect(seen).toEqual(['"abcdef"', '{}']);
  });

  it('reads nothing after a breach', () => {
    expect(read([frame('z', ''), frame('r', '1')])).toEqual(['breach: an unknown frame']);
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        (chunks) => void read(chunks.map((c) => Buffer.from(c))),
      ),
    );
  });
});
