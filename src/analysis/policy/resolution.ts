import { canonicalPath, MOST_SEGMENTS } from './paths.ts';
import type { Name } from './scope.ts';
import type { Scopes } from './read-scopes.ts';
import type { SourceNode } from './source-tree.ts';

/** Maximum number of things that one expression may be. */
const MOST_PATHS = 32;

/** Canonical paths of everything that an expression may be. */
export type Paths = readonly string[];

export const NOTHING: Paths = [];

/** State of a resolver. */
export interface Resolution {
  readonly text: string;
  readonly scopes: Scopes;
  readonly step: () => void;
  /** Resolves an expression within another. */
  readonly resolve: (node: SourceNode) => Paths;
  /** Complete results. */
  readonly known: Map<SourceNode, Paths>;
  readonly knownNames: Map<Name, Paths>;
  /** Names that are being resolved. */
  readonly underWay: Set<Name>;
  /** Levels of nested expressions that are being resolved. */
  level: number;
  /** Count of resolved expressions, repeats included. */
  steps: number;
  /** Count of encounters with a name that is still being resolved; results found meanwhile are incomplete. */
  cycles: number;
  hasGivenUp: boolean;
}

/** True when a result lacks nothing; `met` is the count of cycles before it was looked for. */
export const isComplete = ({ cycles, underWay }: Resolution, met: number): boolean =>
  cycles === met || underWay.size === 0;

export function giveUp(resolution: Resolution): Paths {
  resolution.hasGivenUp = true;
  return NOTHING;
}

export function unite(resolution: Resolution, lists: Iterable<Paths>): Paths {
  const all = new Set<string>();
  for (const list of lists) {
    resolution.step();
    for (const path of list) all.add(path);
  }
  if (all.size <= MOST_PATHS) return all.size === 0 ? NOTHING : [...all];
  resolution.hasGivenUp = true;
  return [...all].slice(0, MOST_PATHS);
}

/** Adds the name of an attribute to each path that its object may be. */
export function extend(resolution: Resolution, bases: Paths, name: string): Paths {
  if (bases.length === 0 || name === '__dict__') return bases;
  return unite(
    resolution,
    bases.map((base) => {
      // Any other base is a built-in function or unknown, and neither has modules.
      if (base.startsWith('builtins.') || base.split('.').length >= MOST_SEGMENTS) return NOTHING;
      return [canonicalPath(`${base}.${name}`)];
    }),
  );
}
