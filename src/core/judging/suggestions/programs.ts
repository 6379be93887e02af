import { suggestForNetwork, suggestForRefusals } from './network.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { LastWords, SourceLocation } from '../last-words/last-words.ts';
import type { ClassifyContext } from '../context.ts';
import { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS } from '../signals.ts';
import { suggestRaise } from './limits.ts';
import { suggestForPackage } from './npm-packages.ts';

type Uncaught = Extract<LastWords, { kind: 'uncaught' }>;

interface Rule {
  readonly says: RegExp;
  readonly suggest: (evidence: Evidence, context: ClassifyContext, text: string) => string[];
}

const endlessRecursion = 'Check that the recursion ends: it needs a case that does not call itself again';
const stackOverflow = /stack overflow|Maximum call stack size exceeded/;

const moduleNotFound =
  /cannot find (?:module|package)|module not found|ERR_MODULE_NOT_FOUND|matching package for|not a dependency|is not exported from package|specifier not found in cache|^Error failed loading https:/i;

/** Failures caused by the jail, by the operating system's messages, which every runtime repeats. */
const rules: readonly Rule[] = [
  {
    says: /ENOSPC|no space left on device|StorageFull/i,
    suggest: ({ limits }, { ceilings }) => [
      suggestRaise('disk_mb', limits, ceilings),
      'Delete files that are done with: the working directory and /tmp have this size each',
    ],
  },
  {
    says: /\bsh: \d{1,9}: \S{1,200}: not found|\bbun: command not found: |\bspawn(?:Sync)? \S{1,200} ENOENT|Failed to spawn '|executable file not found in/,
    suggest: () => ['There is no such program here: do it in the program itself'],
  },
  {
    says: /EROFS|read-only file system|ReadOnlyFilesystem/i,
    suggest: () => ['Write to the working directory or to /tmp: all else is read-only'],
  },
  {
    says: /ENETUNREACH|EAI_AGAIN|ENOTFOUND|ECONNREFUSED|network is unreachable|name resolution|connection refused|no such host|dns error|Unable to connect|fetch failed|failed to lookup address|tcp connect error|error sending request/i,
    suggest: suggestForNetwork,
  },
  {
    says: /EAGAIN|resource temporarily unavailable|failed to spawn thread|ERR_WORKER_INIT_FAILED/i,
    suggest: ({ limits }, { ceilings }) => [
      suggestRaise('processes', limits, ceilings),
      'Start fewer threads and processes at once',
    ],
  },
  {
    says: stackOverflow,
    suggest: ({ limits }, { ceilings, runtime }) => [
      endlessRecursion,
      ...(runtime === 'go'
        ? [
            `A stack gets three fifths of the memory, a gigabyte at most: ${suggestRaise('memory_mb', limits, ceilings)}`,
          ]
        : []),
    ],
  },
  {
    says: /(?:cannot find module|module not found) ['"](?:\.{1,2}\/|\/work\/|file:\/\/\/work\/)/i,
    suggest: () => ['Send that file with the request, in "files"'],
  },
  {
    says: /ENOENT: no such file|: no such file or directory\b|NotFound:? No such file|kind: NotFound\b/,
    suggest: () => ['Send the file with the request, in "files", or write it first'],
  },
  {
    says: moduleNotFound,
    suggest: (_evidence, context, text) => suggestForPackage(text, context),
  },
];

/** Returns suggestions about an uncaught error of a program; at least the place to look at. */
export function suggestForProgram(words: Uncaught, evidence: Evidence, context: ClassifyContext): string[] {
  const text = `${words.type} ${words.message}`;
  return [
    ...suggestForRefusals(evidence),
    ...(rules.find(({ says }) => says.test(text))?.suggest(evidence, context, text) ?? []),
    ...pointTo(words.location),
  ];
}

/** Foreign code that a compiler does not find. */
const missingCode: readonly { readonly says: RegExp; readonly advice: string }[] = [
  {
    says: /^no required module provides package |^package \S+ is not in std\b|^cannot find module providing /,
    advice:
      'Use the standard library of Go, or send the source of the module in "files", below "vendor/": there is no network',
  },
  {
    says: /^unresolved import `(?!(?:std|core|alloc|crate|self|super)\b)|^can't find crate for `|^cannot find module or crate `/,
    advice: 'Use the standard library of Rust: there are no crates. Files of your own need `mod name;`',
  },
];

interface Refused {
  readonly message?: string | undefined;
  readonly location?: SourceLocation | undefined;
}

/** Returns suggestions about source that a runtime or its compiler refuses. */
export function suggestForProgramSyntax({ message = '', location }: Refused): string[] {
  const missing = missingCode.find(({ says }) => says.test(message));
  return [...(missing === undefined ? [] : [missing.advice]), ...pointTo(location)];
}

/** UTF-16 units at the end of stderr that are searched for the reason of an exit. */
const MOST_SAID = 4000;

/** Returns suggestions for a program that exited with a status of its own. */
export function suggestForProgramExit(evidence: Evidence, context: ClassifyContext): string[] {
  const { usage, limits, stderr } = evidence;
  const { ceilings } = context;
  const said = stderr.text.slice(-MOST_SAID);
  const known = rules.find(({ says }) => says.test(said))?.suggest(evidence, context, said) ?? [];
  return [
    ...known,
    'End the program with status 0 when it succeeded',
    ...(said.trim() === '' ? [] : ['Look at stderr: what it wrote last may say why']),
    ...(usage.oomKills > 0
      ? [`A process of it was killed for memory: ${suggestRaise('memory_mb', limits, ceilings)}`]
      : []),
    ...(usage.processRefusals > 0 ? [suggestRaise('processes', limits, ceilings)] : []),
  ];
}

/** Returns suggestions for a signal. */
export function suggestForProgramSignal(signal: number, stderr: string): string[] {
  if (signal === SIGABRT && stackOverflow.test(stderr.slice(-MOST_SAID))) return [endlessRecursion];
  switch (signal) {
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
      return ['Look at native or unsafe code, or for a recursion that goes very deep'];
    case SIGABRT:
      return ['Look at stderr: what it wrote last may say why it gave up'];
    case SIGSYS:
      return ['Do without what the sandbox forbids: namespaces, mounts, tracing, raw sockets'];
    default:
      return ['Look for what sends signals in the program'];
  }
}

function pointTo(location: SourceLocation | undefined): string[] {
  if (location === undefined) return ['Look at stderr: it says where'];
  const { file, line, column } = location;
  return [`Look at line ${line}${column === undefined ? '' : `, column ${column}`} of ${file}`];
}
