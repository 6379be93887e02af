import { nearest } from '../text/nearest.ts';
import { quote } from '../text/words.ts';

/** Runtimes by the names that other services and people give them. */
const runtimeAliases: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(['py', 'python3', 'python2', 'cpython', 'ipython'].map((name) => [name, ['python']])),
  ...Object.fromEntries(
    ['javascript', 'js', 'nodejs', 'node.js', 'ecmascript'].map((name) => [name, ['node']]),
  ),
  ...Object.fromEntries(['typescript', 'ts', 'tsx', 'ts-node'].map((name) => [name, ['deno', 'bun']])),
  golang: ['go'],
  rs: ['rust'],
  cargo: ['rust'],
};
const shells = new Set(['bash', 'sh', 'shell', 'zsh', 'dash', 'powershell']);
const shellAdvice =
  'Run the commands by a script of Python: subprocess.run(["sh", "-c", "…"]). A shell is no runtime here.';

/** Returns the known values that are probably meant by an unknown one, the likeliest first. */
export function findMeant(field: string, value: unknown, known: readonly string[]): readonly string[] {
  if (typeof value !== 'string') return [];
  const name = value.trim().toLowerCase();
  if (known.includes(name)) return [name];
  const aliases =
    field === 'runtime' && Object.hasOwn(runtimeAliases, name) ? runtimeAliases[name] : undefined;
  return aliases ?? nearest(name, known, 1);
}

/** Returns advice about an unknown value. @param meant the value that is probably meant. */
export function adviseOnValue(field: string, value: unknown, meant: string | undefined): string | undefined {
  const isShell = typeof value === 'string' && shells.has(value.trim().toLowerCase());
  if (field === 'runtime' && isShell) return shellAdvice;
  return meant === undefined ? undefined : `Send ${quote(field)}: ${quote(meant)}.`;
}

const WORK_DIR = '/work/';

/** Returns advice about an absolute path or pattern, which only a relative one can replace. */
export function adviseOnPath(field: string, value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('/')) return undefined;
  const own = value.startsWith(WORK_DIR) ? value.slice(WORK_DIR.length).replace(/^\/+/, '') : '';
  if (own !== '') return `Leave out ${WORK_DIR}, which is the working directory: ${quote(own)}.`;
  if (field !== 'return_files') return undefined;
  const base = value.slice(value.lastIndexOf('/') + 1) || '**';
  return `Let the script write to its working directory, and send "return_files": [${quote(base)}].`;
}
