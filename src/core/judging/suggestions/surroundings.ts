import type { Evidence } from '../../contract/evidence.ts';
import type { ErrorReport } from '../../contract/harness-report.ts';
import type { ClassifyContext } from '../context.ts';
import {
  interfaceSuggestions,
  listsInterfaces,
  suggestForHostFile,
  watchesFiles,
  watchSuggestions,
} from './host-files.ts';
import { installs, suggestForInstallation } from './installations.ts';
import { suggestRaise } from './limits.ts';
import { lastLineOf, suggestForMissingFile, suggestForMissingProgram } from './missing-files.ts';
import { suggestForNetwork } from './network.ts';
import { failsInSpawnedMain, spawnedMainSuggestions } from './spawned-main.ts';
import { suggestForSharedLibrary } from './shared-libraries.ts';
import { suggestForTerminal } from './terminals.ts';

type Exception = Extract<ErrorReport, { kind: 'runtime_error' }>;

interface Rule {
  /** Undefined for a rule that fits where it suggests something. */
  readonly fits?: (report: Exception, evidence: Evidence) => boolean;
  readonly suggest: (evidence: Evidence, context: ClassifyContext, report: Exception) => string[];
}

const says =
  (pattern: RegExp) =>
  ({ message }: Exception): boolean =>
    pattern.test(message);

/** True for errors of the operating system; other exceptions of a library may have the same message. */
const isOs = ({ type }: Exception): boolean => type === 'PermissionError' || type === 'OSError';

/** True for an end of standard input; a closed connection of multiprocessing is an EOFError without a message, too. */
const readsInput = ({ type, message, traceback = '' }: Exception): boolean =>
  type === 'EOFError' &&
  (/EOF when reading/.test(message) || (message === '' && /getpass/.test(lastLineOf(traceback))));

/** Exceptions of a process whose children have ended. */
const lostConnections: ReadonlySet<string> = new Set([
  ...['BrokenProcessPool', 'EOFError', 'ConnectionResetError', 'BrokenPipeError'],
]);

/** Exceptions caused by the jail and its limits rather than by the script's own logic. */
const rules: readonly Rule[] = [
  { suggest: (_evidence, _context, report) => suggestForSharedLibrary(report) },
  {
    fits: readsInput,
    suggest: ({ mode }) => [
      'Send what it reads as "stdin"',
      ...(mode === 'function' ? ['Or send the values as "args" of the function'] : []),
    ],
  },
  {
    fits: ({ type }, evidence) => lostConnections.has(type) && failsInSpawnedMain(evidence),
    suggest: () => [...spawnedMainSuggestions],
  },
  { fits: watchesFiles, suggest: () => watchSuggestions },
  {
    fits: says(/Too many open files|\[Errno 24\]/i),
    suggest: ({ limits }, { ceilings }) => [
      'Close files, sockets and pipes that are done with: open them in a `with` statement',
      suggestRaise('open_files', limits, ceilings),
    ],
  },
  {
    // Comes before advice about the disk, with which the count of terminals has only its error in common.
    suggest: (_evidence, _context, report) => suggestForTerminal(report),
  },
  {
    fits: says(/No space left on device|\[Errno (28|122)\]|database or disk is full/),
    suggest: ({ limits }, { ceilings }) => [
      suggestRaise('disk_mb', limits, ceilings),
      'Delete files that are done with: the working directory and /tmp have this size each',
    ],
  },
  {
    fits: says(/File too large|\[Errno 27\]/),
    suggest: ({ limits }, { ceilings }) => ['Write smaller files', suggestRaise('disk_mb', limits, ceilings)],
  },
  {
    fits: (report, { usage }) =>
      says(/can't start new thread/)(report) ||
      (usage.processRefusals > 0 && (report.type === 'BlockingIOError' || says(/\[Errno 11\]/)(report))),
    suggest: ({ limits }, { ceilings }) => [
      suggestRaise('processes', limits, ceilings),
      'Start fewer threads and processes at once: a pool with a fixed size, and join() for those that are done',
    ],
  },
  {
    fits: (report) =>
      isOs(report) && says(/Read-only file system|Permission denied|\[Errno (13|30)\]/)(report),
    suggest: () => ['Write to the working directory or to /tmp: all else is read-only'],
  },
  {
    fits: (report) => isOs(report) && says(/Operation not permitted|Function not implemented/)(report),
    suggest: () => ['Do without this operation: the sandbox does not allow it'],
  },
  { fits: listsInterfaces, suggest: () => interfaceSuggestions },
  {
    fits: says(
      /Network is unreachable|name resolution|Name or service not known|No route to host|Connection refused|Address family not supported|NameResolutionError|\[Errno (97|101|111|113)\]|Cannot assign requested address/,
    ),
    suggest: suggestForNetwork,
  },
  {
    fits: says(/^forkserver start method not available$/),
    suggest: () => [
      'Use the start method "spawn", or "fork": the jail cannot hand descriptors to a fork server',
    ],
  },
  {
    fits: ({ type }) => type === 'RecursionError',
    suggest: () => [
      'Check that the recursion ends: it needs a case that does not call itself again',
      'Write it as a loop with a list as its stack, or raise the bound with sys.setrecursionlimit(10_000)',
    ],
  },
  {
    fits: (report) => /^(CalledProcessError|FileNotFoundError)$/.test(report.type) && installs(report),
    suggest: (_, context, report) => suggestForInstallation(report, context),
  },
  {
    fits: ({ type, message }) => type === 'CalledProcessError' && message.endsWith('exit status 127.'),
    suggest: suggestForMissingProgram,
  },
  { suggest: ({ limits }, _context, report) => suggestForHostFile(report, limits) },
  {
    fits: ({ type }) => type === 'FileNotFoundError',
    suggest: (_, context, report) => suggestForMissingFile(report, context),
  },
];

/** Returns suggestions about an exception that the jail causes; empty when it is the script's own. */
export function suggestForSurroundings(
  report: Exception,
  evidence: Evidence,
  context: ClassifyContext,
): string[] {
  for (const { fits, suggest } of rules) {
    if (fits?.(report, evidence) === false) continue;
    const suggestions = suggest(evidence, context, report);
    if (fits !== undefined || suggestions.length > 0) return suggestions;
  }
  return [];
}
