import type { Evidence } from '../../contract/evidence.ts';
import type { ClassifyContext } from '../context.ts';
import { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGKILL, SIGSEGV, SIGSYS, SIGTERM, SIGXFSZ } from '../signals.ts';
import { suggestRaise } from './limits.ts';

/** Returns suggestions for a script that ended its own process. */
export function suggestForExit(mode: Evidence['mode'], functionName: string): string[] {
  return mode === 'function'
    ? [
        `Return a value from ${functionName}() instead of ending the process`,
        'For a script that ends with a status of its own use "mode": "script"',
      ]
    : ['End the script with status 0 when it succeeded: sys.exit(0), or no exit at all'];
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
        ...(signal === SIGSEGV ? ['Look for os.abort(): in a jail it ends so, too'] : []),
        'Add `import faulthandler; faulthandler.enable()` to see on stderr where it happens',
      ];
    case SIGABRT:
      return ['Look for os.abort(), or for native code that found its memory damaged: stderr may say which'];
    case SIGTERM:
      return ['Look for os.kill() and signal.raise_signal() in the script'];
    case SIGKILL:
      return [
        'Look for os.kill() in the script',
        // Without a cgroup nothing is counted, and the kernel also ends a process over its CPU time in this way.
        ...(enforcement.cpu === 'rlimit' || enforcement.memory === 'rlimit'
          ? [`It may have reached a limit: ${suggestRaise('cpu_time', limits, context.ceilings)}`]
          : []),
      ];
    default:
      return ['Look for os.kill() and signal.raise_signal() in the script'];
  }
}
