import { builtInDenyLists, type DenyLists } from '../../core/contract/policy/deny-lists.ts';
import { canonicalPath } from './paths.ts';

/** Matches paths against the deny lists. */
export interface DenyMatcher {
  /** Returns the entry that denies this module: the module itself, or a parent. */
  deniedModule(path: string): string | undefined;
  /** True when a list has this name, or a wildcard that matches it. */
  deniesFunction(path: string): boolean;
  /** True when something below this module is denied. */
  deniesWithin(module: string): boolean;
}

/** Creates a matcher of the given lists and the built-in ones. */
export function createDenyMatcher({ modules, functions }: DenyLists): DenyMatcher {
  const allModules = new Set([...builtInDenyLists.modules, ...modules]);
  const { matches, reachesInto } = matchNames([...builtInDenyLists.functions, ...functions]);
  return {
    deniedModule: (path) => prefixesOf(path).find((prefix) => allModules.has(prefix)),
    deniesFunction: matches,
    deniesWithin: reachesInto,
  };
}

/** Creates a matcher of names, some of which end in `*`. */
export function matchNames(entries: readonly string[]) {
  const exact = new Set<string>();
  /** Wildcards by their first segment, so that most names are compared with none. */
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

/** Longest name, in characters, that a list accepts; longer ones match nothing. */
const MOST_NAME = 1000;

/** Returns `a`, `a.b`, `a.b.c`; stops at the longest name that a list accepts. */
export function prefixesOf(path: string): string[] {
  const prefixes: string[] = [];
  for (let end = path.indexOf('.'); end >= 0 && end <= MOST_NAME; end = path.indexOf('.', end + 1)) {
    prefixes.push(path.slice(0, end));
  }
  if (path.length <= MOST_NAME) prefixes.push(path);
  return prefixes;
}
