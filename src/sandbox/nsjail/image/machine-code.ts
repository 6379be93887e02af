import { Buffer } from 'node:buffer';

/*
 * Machine code of x86-64 for the small programs that Brig writes itself: a C compiler is no part of it.
 */

/** Machine code, a label, or the distance of a label from the next instruction. */
export type Piece = Buffer | { readonly label: string } | { readonly to: string };
const DISTANCE_BYTES = 4;

export const op = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
export const label = (name: string): Piece => ({ label: name });
export const jump = (opcode: string, to: string): Piece[] => [op(opcode), { to }];
export const [ALWAYS, IF_ZERO, IF_NOT_EQUAL, IF_NEGATIVE] = ['e9', '0f 84', '0f 85', '0f 88'];

/** mov edi, esi, edx: the first three arguments of a system call. */
const argumentOpcodes = ['bf', 'be', 'ba'] as const;

/** Returns a system call; an undefined argument is in its register already. The result is in eax. */
export function call(number: number, ...values: readonly (number | undefined)[]): Buffer {
  const set = (opcode: string, value: number): Buffer => {
    const immediate = Buffer.alloc(4);
    immediate.writeInt32LE(value);
    return Buffer.concat([op(opcode), immediate]);
  };
  const given = argumentOpcodes.flatMap((opcode, index) => {
    const value = values[index];
    return value === undefined ? [] : [set(opcode, value)];
  });
  return Buffer.concat([...given, set('b8', number), op('0f 05')]);
}

/** Joins pieces. Code that jumps only within itself runs at any address. */
export function link(pieces: readonly Piece[]): Buffer {
  const sizeOf = (piece: Piece): number =>
    Buffer.isBuffer(piece) ? piece.length : 'to' in piece ? DISTANCE_BYTES : 0;
  const places = new Map<string, number>();
  let size = 0;
  for (const piece of pieces) {
    if ('label' in piece) places.set(piece.label, size);
    size += sizeOf(piece);
  }
  const code = Buffer.alloc(size);
  let place = 0;
  for (const piece of pieces) {
    const start = place;
    place += sizeOf(piece);
    if (Buffer.isBuffer(piece)) piece.copy(code, start);
    if ('to' in piece) code.writeInt32LE((places.get(piece.to) ?? Number.NaN) - place, start);
  }
  return code;
}

/** Bytes of the ELF header and of a program header (elf(5)), and the address of the file in memory. */
const [FILE_HEADER, PROGRAM_HEADER, ADDRESS] = [64, 56, 0x40_00_00];
const [PT_LOAD, PT_GNU_STACK, READ_EXECUTE, READ_WRITE] = [1, 0x64_74_e5_51, 5, 6];

/** Memory of a program that it may write: zeros at a fixed address. */
export interface Memory {
  readonly address: number;
  readonly bytes: number;
}

/**
 * Returns a program as a static ELF file: one segment that nobody writes to, a stack that nobody executes, and the
 * memory it asks for.
 */
export function makeElf(pieces: readonly Piece[], memory?: Memory): Buffer {
  const code = link(pieces);
  const headers = memory === undefined ? 2 : 3;
  const start = FILE_HEADER + headers * PROGRAM_HEADER;
  const size = start + code.length;
  const header = Buffer.alloc(start);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16); // an executable file
  header.writeUInt16LE(62, 18); // x86-64
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(ADDRESS + start), 24);
  header.writeBigUInt64LE(BigInt(FILE_HEADER), 32);
  header.writeUInt16LE(FILE_HEADER, 52);
  header.writeUInt16LE(PROGRAM_HEADER, 54);
  header.writeUInt16LE(headers, 56);
  const describe = (at: number, type: number, flags: number, fields: readonly number[]): void => {
    header.writeUInt32LE(type, at);
    header.writeUInt32LE(flags, at + 4);
    for (const [index, field] of fields.entries()) header.writeBigUInt64LE(BigInt(field), at + 8 + index * 8);
  };
  describe(FILE_HEADER, PT_LOAD, READ_EXECUTE, [0, ADDRESS, ADDRESS, size, size, 0x1000]);
  describe(FILE_HEADER + PROGRAM_HEADER, PT_GNU_STACK, READ_WRITE, [0, 0, 0, 0, 0, 16]);
  if (memory !== undefined) {
    const { address, bytes } = memory;
    describe(FILE_HEADER + 2 * PROGRAM_HEADER, PT_LOAD, READ_WRITE, [0, address, address, 0, bytes, 0x1000]);
  }
  return Buffer.concat([header, code]);
}
