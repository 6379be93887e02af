import { opcodes } from './layout.ts';

/** A system call, as a filter sees it. */
export interface Call {
  readonly number: number;
  readonly architecture: number;
  readonly arguments: readonly bigint[];
}

export const X86_64 = 0xc0_00_00_3e;
const INSTRUCTION_BYTES = 8;

/**
 * Returns a function that runs a filter as the kernel does, and returns its action. It reads all that kafel writes;
 * anything else throws.
 */
export function loadFilter(bytes: Buffer): (call: Call) => number {
  const program = Array.from({ length: bytes.length / INSTRUCTION_BYTES }, (_, index) => {
    const start = index * INSTRUCTION_BYTES;
    return {
      code: bytes.readUInt16LE(start),
      yes: bytes.readUInt8(start + 2),
      no: bytes.readUInt8(start + 3),
      value: bytes.readUInt32LE(start + 4),
    };
  });
  const data = new BigUint64Array(8);
  const words = new Uint32Array(data.buffer);
  return ({ number, architecture, arguments: values }) => {
    words[0] = number;
    words[1] = architecture;
    data.set(values, 2);
    let register = 0;
    for (let place = 0; ; place += 1) {
      const { code, yes, no, value } = program[place] ?? { code: -1, yes: 0, no: 0, value: 0 };
      if (code === opcodes.return) return value;
      if (code === opcodes.load) register = words[value / 4] ?? 0;
      else if (code === opcodes.and) register = (register & value) >>> 0;
      else if (code === opcodes.jump) place += value;
      else if (code === opcodes.ifEqual) place += register === value ? yes : no;
      else if (code === opcodes.ifAtLeast) place += register >= value ? yes : no;
      else if (code === 0x25) place += register > value ? yes : no;
      else if (code === opcodes.ifAnyBit) place += (register & value) === 0 ? no : yes;
      else throw new Error(`Instruction ${place} has the code ${code}.`);
    }
  };
}
