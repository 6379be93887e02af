import type { Placement } from './place-scopes.ts';
import { ownerOf, type NameScope, type Value } from './scope.ts';
import { nameOf, type SourceNode } from './source-tree.ts';
import { pairTargets, TARGETS } from './targets.ts';

/** State of a search for bindings. */
export interface Bindings {
  readonly text: string;
  readonly placement: Placement;
  /** Identifiers that bind or only name something, and are not read. */
  readonly notRead: Set<SourceNode>;
  /** Modules of which all names are imported. */
  readonly stars: Set<string>;
  /** Called for every piece of work; may throw. */
  readonly step: () => void;
}

/** Binds a name at `node`; `value` is undefined when nothing is known of it. */
export function bindName(
  { placement }: Bindings,
  name: string,
  node: SourceNode,
  scope: NameScope,
  value?: Value | string,
): void {
  const owner = ownerOf(name, scope);
  const known = owner.names.get(name) ?? { values: [], boundFrom: Infinity, isDeleted: false };
  owner.names.set(name, known);
  if (value !== undefined) known.values.push(value);
  if (owner === scope && !placement.conditional.has(node))
    known.boundFrom = Math.min(known.boundFrom, node.end);
}

/** Binds the names of a target; `value` is unpacked into it, where known. */
export function bindTarget(
  bindings: Bindings,
  target: SourceNode,
  scope: NameScope,
  value?: SourceNode,
): void {
  const rest: [SourceNode, SourceNode | undefined][] = [[target, value]];
  for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
    bindings.step();
    const [node, from] = item;
    if (node.type === 'identifier') bindIdentifier(bindings, node, scope, from);
    else if (node.type === 'constrained_type' || node.type === 'generic_type') {
      // Only the first child is the name; its bound or its parameters follow.
      if (node.children[0] !== undefined) rest.push([node.children[0], undefined]);
    } else if (TARGETS.has(node.type)) for (const pair of pairTargets(node, from)) rest.push(pair);
  }
}

function bindIdentifier(
  bindings: Bindings,
  node: SourceNode,
  scope: NameScope,
  from: SourceNode | undefined,
): void {
  bindings.notRead.add(node);
  const value = from === undefined ? undefined : { node: from, scope: bindings.placement.scopeOf(from) };
  bindName(bindings, nameOf(node, bindings.text), node, scope, value);
}
