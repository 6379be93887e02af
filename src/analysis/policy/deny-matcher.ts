import { builtInDenyLists, type DenyLists } from '../../core/policy/deny-lists.ts';
import { canonicalPath } from './paths.ts';

/** Says what is denied. */
export interface DenyMatcher {
  /** The entry that denies this module: itself, or one above it. */
  deniedModule(path: string): string | undefined;
  /** Whether a list has this name, or a wildcard that it fits. */
  deniesFunction(path: string): boolean;
  /** Whether something below this module is denied. */
  deniesWithin(module: string): boolean;
}

/** The given lists, beside the built-in ones. */
export function createDenyMatcher({ modules, functions }: DenyLists): DenyMatcher {
  const allModules = new Set([...builtInDenyLists.modules, ...modules]);
  const { matches, reachesInto } = matchNames([...builtInDenyLists.functions, ...functions]);
  return {
    deniedModule: (path) => prefixesOf(path).find((prefix) => allModules.has(prefix)),
    deniesFunction: matches,
    deniesWithin: reachesInto,
  };
}

/** Names, some with `*` at their end. */
export function matchNames(entries: readonly string[]) {
  const exact = new Set<string>();
  /** By the first segment, so that most names are compared with none. */
  const beginnings = new Map<string, string[]>();
  const parents = new Set<string>();
  for (const entry of entries) {
    const full = entry.includes('.') ? entry : `builtins.${entry}`;
    const beginning = full.endsWith('*') ? full.slice(0, -1) : undefined;
    const [root = ''] = full.split('.', 1);
    if (beginning === undefined) exact.add(canonicalPath(full));
    else beginnings.set(root, [...(beginnings.get(root) ?? []), beginning]);
    for (const parent of prefixesOf(full).slice(0, -1)) parents.add(parent);
  }
  const beginningsOf = (path: string): readonly string[] => beginnings.get(path.split('.', 1)[0] ?? '') ?? [];
  return {
    matches: (path: string): boolean =>
      exact.has(path) || beginningsOf(path).some((start) => path.startsWith(start) && path !== start),
    reachesInto: (module: string): boolean => parents.has(module),
  };
}

/** Longer names are on no list: it would be refused. */
const MOST_NAME = 1000;

/** `a`, `a.b`, `a.b.c`; of a name of any length only those that a list can have. */
export function prefixesOf(path: string): string[] {
  const prefixes: string[] = [];
  for (let end = path.indexOf('.'); end >= 0 && end <= MOST_NAME; end = path.indexOf('.', end + 1)) {
    prefixes.push(path.slice(0, end));
  }
  if (path.length <= MOST_NAME) prefixes.push(path);
  return prefixes;
}
