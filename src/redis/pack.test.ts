import { expect, it } from 'vitest';
import { pack, unpack } from './pack.ts';

it.each([
  { text: 'a lone \ud800 and \u00e9' },
  { bytes: new Uint8Array([0, 255, 254]), nothing: undefined, deep: [{ a: null }] },
  { large: 'x'.repeat(100_000) },
])('keeps a value as it is, and makes a large one small', async (value) => {
  const packed = await pack(value);
  expect(packed.length).toBeLessThan(1000);
  expect(await unpack(packed)).toEqual(value);
});

it('refuses what another version packed', async () => {
  await expect(unpack(Buffer.from([9, 1, 2]))).rejects.toThrow('packed in a way (9)');
});
