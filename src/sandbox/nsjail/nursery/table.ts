import { Buffer } from 'node:buffer';
import type { CallName } from './calls.ts';
import { callNumbers } from './calls.ts';
import { STEP_BYTES, TABLE_ADDRESS, TABLE_BYTES } from '../image/nursery-layout.ts';

/** Bytes that a step points at. The same object is the same memory, so that one step reads what another wrote. */
export type Data =
  | { readonly text: string }
  | { readonly bytes: Buffer }
  /** Words of 64 bits: numbers, and addresses of other data. */
  | { readonly words: readonly Argument[] };

/** Number, address of data, or of a part of it. */
export type Argument = number | Data | { readonly in: Data; readonly offset: number };

/** One system call, and what is to come of it. */
export interface Step {
  /** Names the step in the message of its failure. */
  readonly name: string;
  /** Attack or mishap that the step prevents. */
  readonly against: string;
  readonly call: CallName;
  readonly args: readonly Argument[];
  /** The right result: a number, or undefined for any that is no error. */
  readonly result?: number | undefined;
  /** True when the jail does without it where the kernel refuses it. */
  readonly mayFail?: boolean | undefined;
  /** Step to go on with where the result is 0, by its index. */
  readonly ifZero?: number | undefined;
}

const MOST_RESULT = 2 ** 52;
const ALIGNMENT = 8;

/** Returns steps as the nursery's program reads them. @throws RangeError when they are more than it takes. */
export function encodeTable(steps: readonly Omit<Step, 'name' | 'against'>[]): Buffer {
  const table = Buffer.alloc(TABLE_BYTES);
  const addresses = new Map<Data, number>();
  let end = steps.length * STEP_BYTES;

  const write = (value: number, at: number): void => {
    table.writeUInt32LE(value >>> 0, at);
    table.writeInt32LE(Math.floor(value / 2 ** 32), at + 4);
  };
  const reserve = (data: Data, bytes: number): number => {
    const at = end;
    addresses.set(data, TABLE_ADDRESS + at);
    end = Math.ceil((end + bytes) / ALIGNMENT) * ALIGNMENT;
    if (end > TABLE_BYTES) throw new RangeError(`A table of a jail has more than ${TABLE_BYTES} bytes.`);
    return at;
  };
  const place = (data: Data): number => {
    const known = addresses.get(data);
    if (known !== undefined) return known;
    if ('words' in data) {
      const at = reserve(data, data.words.length * 8);
      for (const [index, word] of data.words.entries()) write(resolve(word), at + index * 8);
      return TABLE_ADDRESS + at;
    }
    const bytes = 'bytes' in data ? data.bytes : Buffer.from(`${data.text}\0`);
    const at = reserve(data, bytes.length);
    bytes.copy(table, at);
    return TABLE_ADDRESS + at;
  };
  const resolve = (value: Argument): number => {
    if (typeof value === 'number') return value;
    return 'in' in value ? place(value.in) + value.offset : place(value);
  };

  for (const [index, step] of steps.entries()) {
    const at = index * STEP_BYTES;
    write(callNumbers[step.call], at);
    for (const [position, value] of step.args.entries()) write(resolve(value), at + 8 + position * 8);
    write(step.mayFail === true ? -MOST_RESULT : (step.result ?? 0), at + 56);
    write(step.result ?? MOST_RESULT, at + 64);
    if (step.ifZero !== undefined) write(TABLE_ADDRESS + step.ifZero * STEP_BYTES, at + 72);
  }
  return table.subarray(0, end);
}
