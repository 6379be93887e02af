/** Modules that many others hold as an attribute: a path through one of them is a path of its own. */
const REACHABLE = new Set(
  `os sys builtins subprocess importlib ctypes posix nt gc socket io pickle marshal inspect types code codeop runpy imp pty`.split(
    ' ',
  ),
);

/** Names of the same thing in other modules. */
const SAME = new Map([
  ['io.open', 'builtins.open'],
  ['__builtin__', 'builtins'],
  ['__builtins__', 'builtins'],
]);

/** Longer paths lead nowhere that is denied, and cost time. */
export const MOST_SEGMENTS = 24;

/**
 * The name by which something is denied, whichever way it is reached: `shutil.os.system` and `os.path.os.system` are
 * `os.system`, `_pickle.loads` is `pickle.loads`.
 */
export function canonicalPath(path: string): string {
  const segments = path.split('.');
  for (let index = segments.length - 1; index >= 0; index--) {
    const name = (segments[index] ?? '').replace(/^_+(?=[a-z])/, '');
    if (!REACHABLE.has(name)) continue;
    const rest = [name, ...segments.slice(index + 1)].join('.');
    return SAME.get(rest) ?? rest;
  }
  const [first = '', ...rest] = segments;
  return [SAME.get(first) ?? first, ...rest].join('.');
}
