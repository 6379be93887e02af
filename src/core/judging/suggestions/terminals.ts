import type { ErrorReport } from '../../contract/harness-report.ts';
import { lastLineOf } from './missing-files.ts';

type Exception = Extract<ErrorReport, { kind: 'runtime_error' }>;

/** Errors without a path: every pseudo-terminal is in use, or the jail has none. */
const ALL_IN_USE = '[Errno 28] No space left on device';
const NONE = '[Errno 2] No such file or directory';
/** Message of Python's `pty`, which tries old names of terminals after either error. */
const UNCLEAR = 'out of pty devices';

const close = 'Close pseudo-terminals that are done with: a script has at most 16 at once';
const none =
  'Scripts of this service may have no pseudo-terminals (its operator can allow them: BRIG_TERMINALS=on)';
const instead = 'Run the program with subprocess and pipes, without pty or pexpect';

/** Returns suggestions for a pseudo-terminal that could not be opened; empty for any other exception. */
export function suggestForTerminal({ message, traceback = '' }: Exception): string[] {
  if (message === UNCLEAR) return [none, instead, close];
  if (message !== ALL_IN_USE && message !== NONE) return [];
  if (!/\b(?:openpty|forkpty|pexpect|pty\.)/.test(lastLineOf(traceback))) return [];
  return message === NONE ? [none, instead] : [close];
}
