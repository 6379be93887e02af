import type { Evidence } from '../../contract/evidence.ts';
import type { ErrorReport } from '../../contract/harness-report.ts';

type Exception = Extract<ErrorReport, { kind: 'runtime_error' }>;

/** Files that show the host, and their equivalents for a script; the first pattern that fits a path counts. */
const equivalents: readonly [pattern: RegExp, suggest: (limits: Evidence['limits']) => string][] = [
  [
    /^\/proc\/(?:meminfo|vmstat|swaps|zoneinfo|buddyinfo)$/,
    ({ memory_mb }) =>
      `The script has ${memory_mb} MiB of memory (limits.memory_mb); resource.getrusage(resource.RUSAGE_SELF).ru_maxrss tells what it used, in KiB`,
  ],
  [
    /^\/proc\/(?:stat|cpuinfo|loadavg|uptime)$|^\/sys\/devices\/system\/cpu\b/,
    () => 'len(os.sched_getaffinity(0)) counts its processors, time.process_time() tells its CPU time',
  ],
  [/^\/proc\/net\//, () => 'Its own network is below /proc/self/net'],
];

/** Returns suggestions for a file of /proc or /sys that jails do not show; empty for any other exception. */
export function suggestForHostFile({ type, message }: Exception, limits: Evidence['limits']): string[] {
  const path = type === 'FileNotFoundError' ? /: '([^'\n]+)'$/.exec(message)?.[1] : undefined;
  if (path === undefined || !/^\/(?:proc|sys)\//.test(path)) return [];
  const found = equivalents.find(([pattern]) => pattern.test(path));
  return [
    'Jails do not show the host: /proc has the processes of the script and nothing else, and there is no /sys',
    ...(found === undefined ? [] : [found[1](limits)]),
    'psutil.Process() tells of a process of the script; functions of psutil about the whole machine fail',
  ];
}

/** True when the script wants to be told of changes of files, as watchdog does. */
export const watchesFiles = ({ message, traceback = '' }: Exception): boolean =>
  /inotify/i.test(message) ||
  (/\[Errno 24\]/.test(message) && /inotify|watchdog|watchfiles/i.test(traceback));

export const watchSuggestions = [
  'Scripts cannot watch files: jails have no inotify, which the kernel counts for the whole host',
  'With watchdog use watchdog.observers.polling.PollingObserver, with watchfiles force_polling=True, or compare os.stat() at intervals',
];
