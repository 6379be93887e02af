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
export function suggestForHostFile(report: Exception, limits: Evidence['limits']): string[] {
  const path = findHostFile(report);
  if (path === undefined) return [];
  const found = equivalents.find(([pattern]) => pattern.test(path));
  return [
    'Jails do not show the host: /proc has the processes of the script and nothing else, and there is no /sys',
    ...(found === undefined ? [] : [found[1](limits)]),
    'psutil.Process() tells of a process of the script, but not create_time and memory_percent, which need the machine; functions of psutil about the whole machine fail',
  ];
}

/** Returns the path of the file that was not there; psutil reports some in a NotImplementedError. */
function findHostFile({ type, message }: Exception): string | undefined {
  const [, path] =
    (type === 'FileNotFoundError' && /: '(\/(?:proc|sys)\/[^'\n]{1,500})'$/.exec(message)) ||
    (type === 'NotImplementedError' && /(?:^|\s)(\/(?:proc|sys)\/\S{1,500})/.exec(message)) ||
    [];
  return path;
}

/** True when the script wants a list of network interfaces, which comes over netlink. */
export const listsInterfaces = ({ type, message, traceback = '' }: Exception): boolean =>
  type === 'OSError' &&
  message.startsWith('[Errno 97]') &&
  /\b(?:net_if_addrs|net_if_stats|getifaddrs|AF_NETLINK)\b/.test(traceback);

export const interfaceSuggestions = [
  'Jails refuse netlink, which lists network interfaces: a script has the loopback alone, as socket.if_nameindex() tells',
];

/** True when the script wants to be told of changes of files, as watchdog does. */
export const watchesFiles = ({ message, traceback = '' }: Exception): boolean =>
  /inotify/i.test(message) ||
  (/\[Errno 24\]/.test(message) && /inotify|watchdog|watchfiles/i.test(traceback));

export const watchSuggestions = [
  'Scripts cannot watch files: jails have no inotify, which the kernel counts for the whole host',
  'With watchdog use watchdog.observers.polling.PollingObserver, with watchfiles force_polling=True, or compare os.stat() at intervals',
];
