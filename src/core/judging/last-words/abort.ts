import { MOST_LOOKED_AT } from './last-words.ts';

/** Prefixes of lines that native code prints before abort(3): the C library, the C++ library, CPython. */
const beginnings = [
  ...['free(): ', 'malloc(): ', 'malloc_consolidate(): ', 'realloc(): ', 'munmap_chunk(): ', 'corrupted '],
  ...['double free or corruption', '*** stack smashing detected ***', '*** buffer overflow detected ***'],
  ...['terminate called ', 'Fatal Python error: '],
];
/** Prefix of `faulthandler` for a signal other than an abort. */
const faults = /^Fatal Python error: (?:Segmentation fault|Bus error|Illegal instruction|Floating.point)/;
const MOST_LENGTH = 300;

/** Returns the line that native code printed on stderr before it aborted; undefined when there is none. */
export function findAbort(stderr: string): string | undefined {
  return stderr
    .slice(-MOST_LOOKED_AT)
    .split('\n')
    .findLast((line) => beginnings.some((one) => line.startsWith(one)) && !faults.test(line))
    ?.slice(0, MOST_LENGTH)
    .toWellFormed();
}
