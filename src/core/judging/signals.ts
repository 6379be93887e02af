import type { Ending } from '../contract/evidence.ts';
import { findAbort } from './last-words/abort.ts';

/* Numbers of Linux on x86-64 and arm64. */
export const SIGILL = 4;
export const SIGABRT = 6;
export const SIGBUS = 7;
export const SIGFPE = 8;
export const SIGKILL = 9;
export const SIGSEGV = 11;
export const SIGTERM = 15;
export const SIGXCPU = 24;
export const SIGXFSZ = 25;
export const SIGSYS = 31;

const meanings: Readonly<Record<number, readonly [name: string, meaning: string]>> = {
  [SIGILL]: ['SIGILL', 'an illegal instruction'],
  [SIGABRT]: ['SIGABRT', 'it aborted itself'],
  [SIGBUS]: ['SIGBUS', 'an access to memory that is not there'],
  [SIGFPE]: ['SIGFPE', 'an arithmetic fault in native code'],
  [SIGKILL]: ['SIGKILL', 'it was killed'],
  [SIGSEGV]: ['SIGSEGV', 'a segmentation fault'],
  [SIGTERM]: ['SIGTERM', 'it was asked to end'],
  [SIGXCPU]: ['SIGXCPU', 'its CPU time was used up'],
  [SIGXFSZ]: ['SIGXFSZ', 'a file grew over the limit'],
  [SIGSYS]: ['SIGSYS', 'a forbidden system call'],
};

type Signalled = Extract<Ending, { kind: 'signal' }>;

/** Returns one sentence that names the signal and its meaning. */
export function describeSignal({ signal, name }: Signalled, what = 'The interpreter'): string {
  const known = meanings[signal];
  return known === undefined
    ? `${what} was ended by signal ${signal}${name === '' ? '' : ` (${name})`}.`
    : `${what} was ended by ${known[0]}: ${known[1]}.`;
}

/**
 * The same for the interpreter. As process 1 of its jail it cannot receive SIGABRT: abort(3) continues with an
 * illegal instruction and ends by SIGSEGV. If native code printed a message, stderr tells which it was.
 */
export function describeInterpreterSignal(ending: Signalled, stderr: string): string {
  if (ending.signal !== SIGSEGV) return describeSignal(ending);
  const said = findAbort(stderr);
  return said === undefined
    ? 'The interpreter was ended by SIGSEGV: a segmentation fault, or abort().'
    : `The interpreter aborted itself, which ends it by SIGSEGV: ${said}`;
}
