import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestBytes, digestScript } from './digest.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('digestScript', () => {
  it('is the SHA-256 of the text in UTF-8: at once of a short one, in pieces of a long one', async () => {
    const [short, long] = ['print("é😀")', '# é😀\n'.repeat(60_000)];
    expect(digestScript(short)).toBe(sha256(short));
    expect(digestScript(long)).toBeInstanceOf(Promise);
    expect(await digestScript(long)).toBe(sha256(long));
    expect(await digestBytes(new Uint8Array(), 'hex')).toBe(sha256(''));
  });
});
