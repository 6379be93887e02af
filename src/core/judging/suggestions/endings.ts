import type { Evidence } from '../../contract/evidence.ts';
import type { ClassifyContext } from '../context.ts';
import {
  SIGABRT,
  SIGALRM,
  SIGBUS,
  SIGFPE,
  SIGILL,
  SIGKILL,
  SIGPROF,
  SIGSEGV,
  SIGSYS,
  SIGVTALRM,
  SIGXFSZ,
} from '../signals.ts';
import { suggestRaise } from './limits.ts';

/** Text at the end of standard error in which the words of argparse are looked for. */
const MOST_WORDS = 4000;

type Exit = Pick<Evidence, 'mode'> & Partial<Pick<Evidence, 'stderr' | 'report'>>;

/** Returns suggestions for a script that ended its own process. */
export function suggestForExit({ mode, stderr, report }: Exit, functionName: string): string[] {
  const words = stderr?.text.slice(-MOST_WORDS) ?? '';
  if (/^usage: /m.test(words) && words.includes(': error: ')) return suggestForUsage(mode, functionName);
  const isError = report?.kind === 'exited' && report.message !== undefined;
  if (mode === 'script') {
    return [
      isError
        ? 'Look at what the script says: it ended itself with these words'
        : 'End the script with status 0 when it succeeded: sys.exit(0), or no exit at all',
    ];
  }
  return [
    isError
      ? 'Raise an exception for an error, raise ValueError("…"): sys.exit() ends the process'
      : `Return a value from ${functionName}() instead of ending the process`,
    'For a script that ends with a status of its own use "mode": "script"',
  ];
}

/** Returns suggestions for a script whose options argparse refused. */
function suggestForUsage(mode: Evidence['mode'], functionName: string): string[] {
  return mode === 'script'
    ? ['Send the options of the script as "args": stderr says which ones it takes']
    : [
        `Give ${functionName}() parameters instead of argparse, and send them as "args" or "kwargs"`,
        'For a script that reads its command line use "mode": "script", and send its options as "args"',
      ];
}

/** Returns suggestions for a signal. */
export function suggestForSignal(signal: number, evidence: Evidence, context: ClassifyContext): string[] {
  const { limits, enforcement } = evidence;
  switch (signal) {
    case SIGXFSZ:
      return ['Write smaller files', suggestRaise('disk_mb', limits, context.ceilings)];
    case SIGSYS:
      return ['Do without what the sandbox forbids: namespaces, mounts, tracing, raw sockets'];
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
      return [
        'Look at what uses native code: ctypes, an extension module, or a recursion that goes very deep',
        'Add `import faulthandler; faulthandler.enable()` to see on stderr where it happens',
      ];
    case SIGABRT:
      return ['Look for os.abort(), or for native code that found its memory damaged: stderr may say which'];
    case SIGALRM:
    case SIGVTALRM:
    case SIGPROF:
      return [
        'Look for signal.alarm() and signal.setitimer() in the script',
        'Handle the signal with signal.signal() before the timer runs out',
      ];
    case SIGKILL:
      return [
        'Look for os.kill() in the script, and for a child that kills its parent',
        // Without a cgroup nothing is counted, and the kernel also ends a process over its CPU time in this way.
        ...(enforcement.cpu === 'rlimit' || enforcement.memory === 'rlimit'
          ? [`It may have reached a limit: ${suggestRaise('cpu_time', limits, context.ceilings)}`]
          : []),
      ];
    default:
      return ['Look for os.kill(), os.killpg() and signal.raise_signal() in the script and its children'];
  }
}
