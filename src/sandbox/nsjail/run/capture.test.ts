import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCapture } from './capture.ts';

const capture = (cap: number, chunks: readonly string[]) => {
  const stream = createCapture(cap);
  for (const chunk of chunks) stream.push(Buffer.from(chunk));
  return stream.finish();
};

describe('createCapture', () => {
  it('keeps a stream within its cap as it is', () => {
    expect(capture(10, ['hello', 'world'])).toEqual({ text: 'helloworld', bytes: 10, truncated: false });
  });

  it('keeps head and tail of a longer one and says how much is missing', () => {
    expect(capture(8, ['abcdef', 'ghijkl', 'mnop'])).toEqual({
      text: 'abcd\n[... 8 bytes left out ...]\nmnop',
      bytes: 16,
      truncated: true,
    });
  });

  it('keeps nothing with a cap of 0', () => {
    expect(capture(0, ['abc'])).toEqual({ text: '[... 3 bytes left out ...]\n', bytes: 3, truncated: true });
  });

  it('keeps one byte with a cap of 1, where that is a character', () => {
    expect(capture(1, ['a'])).toEqual({ text: 'a', bytes: 1, truncated: false });
    expect(capture(1, ['abc']).text).toBe('a\n[... 2 bytes left out ...]\n');
    expect(capture(1, ['é']).text).toBe('[... 2 bytes left out ...]\n');
    expect(capture(0, [])).toEqual({ text: '', bytes: 0, truncated: false });
  });

  it('keeps a beginning and an end of the text, whole characters, as much as the cap has room for', () => {
    const unit = fc.constantFrom('a', 'é', '€', '😀', '\n');
    fc.assert(
      fc.property(fc.nat(40), fc.array(fc.string({ unit, maxLength: 12 })), (cap, chunks) => {
        const all = chunks.join('');
        const { text, bytes, truncated } = capture(cap, chunks);
        expect(text).not.toContain('\u{fffd}');
        if (!truncated) {
          expect(text).toBe(all);
          return;
        }
        const [, before = '', missing, tail = ''] =
          /^([^]*)\[\.\.\. (\d+) bytes left out \.\.\.\]\n([^]*)$/.exec(text) ?? [];
        // The note has a line of its own, for which a line break may have been added.
        const kept = bytes - Number(missing) - Buffer.byteLength(tail);
        const head = Buffer.from(before).toString('utf8', 0, kept);
        expect([head, `${head}\n`]).toContain(before);
        expect(all.startsWith(head) && all.endsWith(tail)).toBe(true);
        expect(kept).toBeLessThanOrEqual(Math.ceil(cap / 2));
        expect(kept).toBeGreaterThan(Math.ceil(cap / 2) - 4);
        expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(Math.floor(cap / 2));
        expect(Buffer.byteLength(tail)).toBeGreaterThan(Math.floor(cap / 2) - 4);
      }),
      { numRuns: 2000 },
    );
  });

  it('survives bytes that are no UTF-8 on the edges of what it keeps', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.uint8Array({ minLength: 13, maxLength: 60 }), (cap, bytes) => {
        const stream = createCapture(cap);
        stream.push(Buffer.from(bytes));
        const { text, truncated } = stream.finish();
        expect(truncated).toBe(true);
        expect(text.isWellFormed()).toBe(true);
        expect(Number(/(\d+) bytes left out/.exec(text)?.[1])).toBeGreaterThanOrEqual(bytes.length - cap);
      }),
    );
  });

  it('cuts between characters, not within them', () => {
    const { text, bytes } = capture(9, ['ééééé', 'üüüüü']);
    expect(text).toBe('éé\n[... 12 bytes left out ...]\nüü');
    expect(bytes).toBe(20);
  });

  it('turns bytes that are no UTF-8 into U+FFFD', () => {
    const stream = createCapture(10);
    stream.push(Buffer.from([0x61, 0xff, 0x62]));
    expect(stream.finish().text).toBe('a\u{fffd}b');
  });

  it('counts every byte and never keeps more than its cap, however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(fc.nat(64), fc.array(fc.string({ unit: 'binary', maxLength: 20 })), (cap, chunks) => {
        const all = Buffer.from(chunks.join(''));
        const result = capture(cap, chunks);
        expect(result.bytes).toBe(chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0));
        expect(result.truncated).toBe(result.bytes > cap);
        if (!result.truncated) expect(result.text).toBe(all.toString());
        else
          expect(
            Buffer.byteLength(result.text.replace(/\n?\[\.\.\. \d+ bytes left out \.\.\.\]\n/, '')),
          ).toBeLessThanOrEqual(cap * 3);
      }),
    );
  });

  it('keeps exactly the first and the last half', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 });
    fc.assert(
      fc.property(fc.nat(32), fc.array(text), (cap, chunks) => {
        const all = chunks.join('');
        fc.pre(all.length > cap);
        const [head, tail] = [all.slice(0, Math.ceil(cap / 2)), all.slice(all.length - Math.floor(cap / 2))];
        const note = `[... ${all.length - cap} bytes left out ...]\n`;
        expect(capture(cap, chunks).text).toBe(`${head}${head === '' ? '' : '\n'}${note}${tail}`);
      }),
    );
  });
});
