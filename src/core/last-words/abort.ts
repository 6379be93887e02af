import { MOST_LOOKED_AT } from './last-words.ts';

/** Beginnings of lines that native code writes before it calls abort(3): the C library, the C++ one, CPython. */
const beginnings = [
  ...['free(): ', 'malloc(): ', 'malloc_consolidate(): ', 'realloc(): ', 'munmap_chunk(): ', 'corrupted '],
  ...['double free or corruption', '*** stack smashing detected ***', '*** buffer overflow detected ***'],
  ...['terminate called ', 'Fatal Python error: '],
];
/** `faulthandler` begins so when a signal came that is no abort. */
const faults = /^Fatal Python error: (?:Segmentation fault|Bus error|Illegal instruction|Floating.point)/;
const MOST_LENGTH = 300;

/** The line that native code wrote on stderr when it gave up; undefined where none is there. */
export function findAbort(stderr: string): string | undefined {
  return stderr
    .slice(-MOST_LOOKED_AT)
    .split('\n')
    .findLast((line) => beginnings.some((one) => line.startsWith(one)) && !faults.test(line))
    ?.slice(0, MOST_LENGTH)
    .toWellFormed();
}
