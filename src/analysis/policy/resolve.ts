import { resolvers } from './resolvers.ts';
import { giveUp, isComplete, NOTHING, type Paths, type Resolution } from './resolution.ts';
import type { Scopes } from './read-scopes.ts';
import { unwrap, type SourceNode, type SourceTree } from './source-tree.ts';

/** Maximum number of levels of nested expressions; anything deeper was resolved before, or counts as given up. */
const MOST_LEVELS = 200;
/** Maximum number of expressions resolved in total, repeats included: hostile cycles of names cost time. */
const MOST_STEPS = 2_000_000;

/** Resolves expressions to the full names of modules, functions and built-ins. */
export interface Resolver {
  /** Returns canonical paths; empty when nothing is known. */
  resolve(node: SourceNode): readonly string[];
  /** True when something was not resolved completely. */
  readonly hasGivenUp: () => boolean;
}

/** @param step is called for every piece of work, of which cycles of names make many; may throw. */
export function createResolver({ text }: SourceTree, scopes: Scopes, step: () => void): Resolver {
  const resolution: Resolution = {
    ...{ text, scopes, step, resolve: (node) => resolve(resolution, node) },
    ...{ known: new Map(), knownNames: new Map(), underWay: new Set() },
    ...{ level: 0, steps: 0, cycles: 0, hasGivenUp: false },
  };
  return {
    resolve: resolution.resolve,
    hasGivenUp: () => resolution.hasGivenUp,
  };
}

function resolve(resolution: Resolution, node: SourceNode): Paths {
  const { known, step } = resolution;
  step();
  const before = known.get(node);
  if (before === undefined && resolution.level >= MOST_LEVELS) return giveUp(resolution);
  resolution.steps += 1;
  if (resolution.steps > MOST_STEPS) return giveUp(resolution);
  if (before !== undefined) return before;
  const met = resolution.cycles;
  const inner = unwrap(node);
  resolution.level += 1;
  const paths = resolvers[inner.type]?.(resolution, inner) ?? NOTHING;
  resolution.level -= 1;
  if (isComplete(resolution, met)) known.set(node, paths);
  return paths;
}
