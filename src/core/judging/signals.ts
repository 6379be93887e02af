import type { Ending } from '../contract/evidence.ts';
import { findAbort } from './last-words/abort.ts';

/* Numbers of Linux on x86-64 and arm64. */
const SIGHUP = 1;
const SIGINT = 2;
const SIGQUIT = 3;
export const SIGILL = 4;
const SIGTRAP = 5;
export const SIGABRT = 6;
export const SIGBUS = 7;
export const SIGFPE = 8;
export const SIGKILL = 9;
const SIGUSR1 = 10;
export const SIGSEGV = 11;
const SIGUSR2 = 12;
const SIGPIPE = 13;
export const SIGALRM = 14;
const SIGTERM = 15;
export const SIGXCPU = 24;
export const SIGXFSZ = 25;
export const SIGVTALRM = 26;
export const SIGPROF = 27;
export const SIGSYS = 31;

const UNHANDLED = 'and nothing handled the signal';

const meanings: Readonly<Record<number, readonly [name: string, meaning: string]>> = {
  [SIGHUP]: ['SIGHUP', 'it was told to hang up'],
  [SIGINT]: ['SIGINT', 'it was interrupted'],
  [SIGQUIT]: ['SIGQUIT', 'it was asked to quit'],
  [SIGILL]: ['SIGILL', 'an illegal instruction'],
  [SIGTRAP]: ['SIGTRAP', 'a breakpoint'],
  [SIGABRT]: ['SIGABRT', 'it aborted itself'],
  [SIGBUS]: ['SIGBUS', 'an access to memory that is not there'],
  [SIGFPE]: ['SIGFPE', 'an arithmetic fault in native code'],
  [SIGKILL]: ['SIGKILL', 'it was killed'],
  [SIGUSR1]: ['SIGUSR1', `a signal was sent, ${UNHANDLED}`],
  [SIGSEGV]: ['SIGSEGV', 'a segmentation fault'],
  [SIGUSR2]: ['SIGUSR2', `a signal was sent, ${UNHANDLED}`],
  [SIGPIPE]: ['SIGPIPE', 'a write to a pipe that nobody reads'],
  [SIGALRM]: ['SIGALRM', `its alarm went off, ${UNHANDLED}`],
  [SIGTERM]: ['SIGTERM', 'it was asked to end'],
  [SIGXCPU]: ['SIGXCPU', 'its CPU time was used up'],
  [SIGXFSZ]: ['SIGXFSZ', 'a file grew over the limit'],
  [SIGVTALRM]: ['SIGVTALRM', `its timer ran out, ${UNHANDLED}`],
  [SIGPROF]: ['SIGPROF', `its timer ran out, ${UNHANDLED}`],
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

/** The same for the interpreter. An abort is explained by the message of native code on stderr, if there is one. */
export function describeInterpreterSignal(ending: Signalled, stderr: string): string {
  const said = ending.signal === SIGABRT ? findAbort(stderr) : undefined;
  return said === undefined ? describeSignal(ending) : `The interpreter aborted itself: ${said}`;
}
