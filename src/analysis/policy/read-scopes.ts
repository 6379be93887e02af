import { binders, bindParameters } from './binders.ts';
import type { Bindings } from './bindings.ts';
import { placeScopes } from './place-scopes.ts';
import type { NameScope } from './scope.ts';
import type { SourceNode, SourceTree } from './source-tree.ts';

/** Bindings of the names of a script. */
export interface Scopes {
  /** Returns the scope in which an expression is read. */
  scopeOf(node: SourceNode): NameScope;
  /** Identifiers that bind or only name something, and are not read. */
  readonly notRead: ReadonlySet<SourceNode>;
  /** Modules of which all names are imported. */
  readonly stars: ReadonlySet<string>;
}

/**
 * Finds everything that each name of a script may be, in whatever order its statements run.
 * @param step is called for every piece of work, of which hostile targets make many; may throw.
 */
export function readScopes(source: SourceTree, step: () => void): Scopes {
  const placement = placeScopes(source);
  const { scopeOf, inner } = placement;
  const bindings: Bindings = { text: source.text, placement, notRead: new Set(), stars: new Set(), step };
  for (const node of source.nodes) {
    step();
    binders[node.type]?.(bindings, node, scopeOf(node));
  }
  for (const [definition, scope] of inner) bindParameters(bindings, definition, scope);
  return { scopeOf, notRead: bindings.notRead, stars: bindings.stars };
}
