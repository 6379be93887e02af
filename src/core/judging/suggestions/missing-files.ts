import type { ErrorReport } from '../../contract/harness-report.ts';
import { nearest } from '../../text/nearest.ts';
import type { ClassifyContext } from '../context.ts';

type Exception = Extract<ErrorReport, { kind: 'runtime_error' }>;

/** Longest name that is repeated. */
const MOST_NAME = 120;
const programs = 'There are no programs here but Python, a shell and at most a few tools such as ls';
const byModule = 'Do it with a module of Python instead';
/** Calls that start programs. */
const programCall =
  /\b(?:subprocess|Popen|check_call|check_output|create_subprocess_exec|exec[lv]p?e?|posix_spawnp?|spawn[lv]p?e?)\b|(?<![\w.])(?:run|call)\(/;
/** Longest line of a script that is looked at. */
const MOST_LINE = 1000;
/** Maximum number of files listed when none is similar. */
const MOST_LISTED = 5;

/**
 * Returns suggestions for a FileNotFoundError: the file of the request that may be meant, or the way to send one.
 */
export function suggestForMissingFile(
  { message, traceback }: Pick<Exception, 'message' | 'traceback'>,
  { givenFiles = [] }: Pick<ClassifyContext, 'givenFiles'>,
): string[] {
  // CPython's message ends with the name: `[Errno 2] No such file or directory: 'data.csv'`.
  const name = /: (['"])([^'"\n]+)\1$/.exec(message)?.[2] ?? '';
  const path = name.replace(/^\/work\/+/, '').replace(/^(\.\/+)+/, '');
  const like = findLike(path, givenFiles);
  if (like !== undefined) return [`Did you mean ${JSON.stringify(like)}? It came with the request`];
  const startsProgram = traceback === undefined ? undefined : programCall.test(lastLineOf(traceback));
  if (startsProgram === true) return suggestForMissingProgram();
  const orProgram = startsProgram === undefined ? [programs] : [];
  const base = baseOf(path);
  const written = traceback !== undefined && isWriting(lastLineOf(traceback)) ? suggestForWriting(path) : [];
  if (written.length > 0) return written;
  if (base === '' || base === '..' || path.length > MOST_NAME) {
    return ['Write the file first, or send it with the request, as one of "files"', ...orProgram];
  }
  const entry = `{"path": ${JSON.stringify(path.startsWith('/') ? base : path)}, "content": …}`;
  const opened = path.startsWith('/') ? `, and open it as ${JSON.stringify(base)}` : '';
  const listed = givenFiles.slice(0, MOST_LISTED).map((file) => JSON.stringify(file));
  const rest = givenFiles.length - listed.length;
  const send = [
    `Send the file with the request: "files": [${entry}]${opened}`,
    ...(listed.length === 0
      ? ['Or write it first: the working directory starts empty']
      : [`Files of the request: ${listed.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`]),
  ];
  // subprocess gives the same message for a program, with its bare name.
  return /[./]/.test(path) ? [...send, ...orProgram] : [...orProgram, ...send];
}

/** Returns suggestions for a program that jails do not have. */
export const suggestForMissingProgram = (): string[] => [programs, byModule];

/** Returns the failed line of the script, which the traceback shows below its last frame. */
export function lastLineOf(traceback: string): string {
  const lines = traceback.split('\n');
  const frame = lines.findLastIndex((line) => line.startsWith('  File "'));
  return frame < 0 ? '' : (lines[frame + 1] ?? '');
}

/** Modes of open() that write. */
const writingMode = /['"](?:[wax][bt+]{0,2}|[bt][wax]\+?)['"]/;
/** Other calls that make a file or a folder. */
const writers =
  /\.(?:to_(?:csv|json|excel|parquet|html|pickle|feather)|savefig|imsave|imwrite|write_(?:text|bytes|image|html)|savez?|savetxt|touch)\(|\bmkdir\(/;

const isWriting = (line: string): boolean =>
  line.length <= MOST_LINE && (line.includes('open(') ? writingMode.test(line) : writers.test(line));

/** Returns suggestions for a file in a folder that does not exist; empty for one that needs no folder. */
function suggestForWriting(path: string): string[] {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  if (folder === '' || path.length > MOST_NAME) return [];
  const base = baseOf(path);
  return path.startsWith('/')
    ? [
        `Write to the working directory, ${JSON.stringify(base === '' ? 'out.txt' : base)}, or to /tmp: there is no folder ${folder}, and all else is read-only`,
      ]
    : [`Create the folder first: os.makedirs(${JSON.stringify(folder)}, exist_ok=True)`];
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Returns a file with the same name in another folder, or with a name one typing error away. */
function findLike(path: string, given: readonly string[]): string | undefined {
  const base = baseOf(path);
  return given.find((file) => file !== path && baseOf(file) === base) ?? nearest(path, given, 1)[0];
}
