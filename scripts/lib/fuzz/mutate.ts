import type { Random } from './random.ts';

/** Bytes of the largest mutant: a reader that takes more than linear time shows it at far fewer. */
const MOST_BYTES = 64 * 1024;
/** Changes of one mutant. */
const MOST_CHANGES = 6;

interface Source {
  readonly random: Random;
  readonly corpus: readonly Buffer[];
  /** Words of the format. */
  readonly words: readonly Buffer[];
}
type Change = (bytes: Buffer, source: Source) => Buffer;

const splice = (bytes: Buffer, start: number, end: number, ...middle: readonly Buffer[]): Buffer =>
  Buffer.concat([bytes.subarray(0, start), ...middle, bytes.subarray(end)]);

/** A range of some bytes, mostly a short one. */
function range({ random }: Source, length: number): [start: number, end: number] {
  const start = random.below(length + 1);
  const most = random.below(4) === 0 ? length : 16;
  return [start, Math.min(length, start + random.below(most + 1))];
}

const pickBytes = ({ random }: Source, items: readonly Buffer[]): Buffer =>
  items[random.below(items.length)] ?? Buffer.alloc(0);

const changes: readonly [Change, ...Change[]] = [
  (bytes, { random }) => {
    const changed = Buffer.from(bytes);
    if (changed.length > 0) changed[random.below(changed.length)] = random.below(256);
    return changed;
  },
  (bytes, source) => {
    const at = source.random.below(bytes.length + 1);
    return splice(bytes, at, at, pickBytes(source, source.words));
  },
  (bytes, source) => splice(bytes, ...range(source, bytes.length)),
  (bytes, source) => {
    const [start, end] = range(source, bytes.length);
    const at = source.random.below(bytes.length + 1);
    return splice(bytes, at, at, bytes.subarray(start, end));
  },
  // Many times the same: what takes more than linear time shows.
  (bytes, source) => {
    const [start, end] = range(source, bytes.length);
    const piece = source.random.below(2) === 0 ? bytes.subarray(start, end) : pickBytes(source, source.words);
    const room = MOST_BYTES - bytes.length;
    const most = Math.floor(room / Math.max(1, piece.length));
    const times = source.random.below(1 + (source.random.below(4) === 0 ? most : Math.min(most, 64)));
    return splice(bytes, end, end, Buffer.concat(Array.from({ length: times }, () => piece)));
  },
  (bytes, source) => {
    const other = pickBytes(source, source.corpus);
    return splice(bytes, ...range(source, bytes.length), other.subarray(...range(source, other.length)));
  },
];

/** Changes bytes in one or several ways. */
export function mutate(bytes: Buffer, source: Source): Buffer {
  let changed = bytes;
  for (let left = 1 + source.random.below(MOST_CHANGES); left > 0; left -= 1) {
    changed = source.random.pick(changes)(changed, source).subarray(0, MOST_BYTES);
  }
  return changed;
}
