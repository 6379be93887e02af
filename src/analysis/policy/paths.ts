/** Modules that many others hold as an attribute; a path through one of them starts anew there. */
const REACHABLE = new Set(
  `os sys builtins subprocess importlib ctypes posix nt gc socket io pickle marshal inspect types code codeop runpy imp pty`.split(
    ' ',
  ),
);

/** Names of the same object in other modules. */
const SAME = new Map([
  ['io.open', 'builtins.open'],
  ['__builtin__', 'builtins'],
  ['__builtins__', 'builtins'],
]);

/** Maximum number of segments of a path; longer paths lead to nothing denied, and cost time. */
export const MOST_SEGMENTS = 24;

/**
 * Returns the name under which a path is denied, whichever way it is reached: `shutil.os.system` and
 * `os.path.os.system` become `os.system`, `_pickle.loads` becomes `pickle.loads`.
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
