import { describe, expect, it } from 'vitest';
import { STEP_BYTES, TABLE_ADDRESS, TABLE_BYTES } from '../image/nursery-layout.ts';
import { encodeTable, type Data, type Step } from './table.ts';

const word = (table: Buffer, step: number, index: number): bigint =>
  table.readBigInt64LE(step * STEP_BYTES + index * 8);
const at = (address: bigint): number => Number(address) - TABLE_ADDRESS;
type BareStep = Omit<Step, 'name' | 'against'>;
const read = (args: Step['args'], more: Partial<BareStep> = {}): BareStep => ({
  call: 'read',
  args,
  ...more,
});

describe('encodeTable', () => {
  it('writes the number of the call, its arguments and the results that are right', () => {
    const table = encodeTable([read([1, -1, 2 ** 40 + 5], { result: -11 }), read([])]);
    expect([0, 1, 2, 3, 4].map((index) => word(table, 0, index))).toEqual([0n, 1n, -1n, 2n ** 40n + 5n, 0n]);
    expect([word(table, 0, 7), word(table, 0, 8), word(table, 0, 9)]).toEqual([-11n, -11n, 0n]);
    expect([word(table, 1, 7), word(table, 1, 8)]).toEqual([0n, 2n ** 52n]);
  });

  it('goes on at a step by its address', () => {
    expect(word(encodeTable([read([], { ifZero: 1 }), read([])]), 0, 9)).toBe(
      BigInt(TABLE_ADDRESS + STEP_BYTES),
    );
  });

  it('places data behind the steps: texts with their end, words with addresses of other data', () => {
    const text: Data = { text: 'ü' };
    const table = encodeTable([read([{ words: [text, 0, 7] }])]);
    const words = at(word(table, 0, 1));
    const address = at(table.readBigInt64LE(words));
    expect(table.subarray(address, address + 3).toString('hex')).toBe('c3bc00');
    expect(table.readBigInt64LE(words + 16)).toBe(7n);
  });

  it('places the same data once, so that one step reads what another wrote', () => {
    const cell: Data = { bytes: Buffer.alloc(24) };
    const table = encodeTable([
      read([cell]),
      read([{ in: cell, offset: 16 }]),
      read([{ bytes: Buffer.alloc(24) }]),
    ]);
    expect(word(table, 1, 1)).toBe(word(table, 0, 1) + 16n);
    expect(word(table, 2, 1)).not.toBe(word(table, 0, 1));
  });

  it('refuses more than the nursery takes', () => {
    expect(() => encodeTable([read([{ bytes: Buffer.alloc(TABLE_BYTES) }])])).toThrow(RangeError);
  });
});
