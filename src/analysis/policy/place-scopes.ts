import { createScope, type NameScope } from './scope.ts';
import { childOf, nameOf, type SourceNode, type SourceTree } from './source-tree.ts';

const CONDITIONS = new Set([
  'if_statement',
  'for_statement',
  'while_statement',
  'try_statement',
  'match_statement',
  'conditional_expression',
  'boolean_operator',
]);
const COMPREHENSIONS = new Set([
  'list_comprehension',
  'set_comprehension',
  'dictionary_comprehension',
  'generator_expression',
]);

/** Fields of a function or class that are read in its own scope. */
const INNER_FIELDS = new Set(['body', 'type_parameters']);

/** Maps nodes to the scopes in which they are read. */
export interface Placement {
  scopeOf(node: SourceNode): NameScope;
  /** Nodes that may never be reached, though their scope is. */
  readonly conditional: ReadonlySet<SourceNode>;
  readonly comprehensions: ReadonlySet<NameScope>;
  /** Nodes that have a scope of their own for some of their children. */
  readonly inner: ReadonlyMap<SourceNode, NameScope>;
}

/** Assigns a scope to every node, and to each scope the names that `global` and `nonlocal` move elsewhere. */
export function placeScopes({ nodes, root, text }: SourceTree): Placement {
  const scopes = new Map<SourceNode, NameScope>([[root, createScope('module')]]);
  const conditional = new Set<SourceNode>();
  const comprehensions = new Set<NameScope>();
  const inner = new Map<SourceNode, NameScope>();
  /** First iterables of comprehensions, which are read outside of them. */
  const outside = new Map<SourceNode, NameScope>();

  const scopeOf = (node: SourceNode): NameScope => {
    const scope = scopes.get(node);
    if (scope === undefined) throw new Error('every node has a scope');
    return scope;
  };

  const open = (node: SourceNode, scope: NameScope): NameScope | undefined => {
    const isComprehension = COMPREHENSIONS.has(node.type);
    const isFunction = node.type === 'function_definition' || node.type === 'lambda';
    if (!isComprehension && !isFunction && node.type !== 'class_definition') return undefined;
    const own = createScope(node.type === 'class_definition' ? 'class' : 'function', scope);
    inner.set(node, own);
    if (!isComprehension) return own;
    comprehensions.add(own);
    const first = node.children.find(({ type }) => type === 'for_in_clause');
    const right = first === undefined ? undefined : childOf(first, 'right');
    if (right !== undefined) outside.set(right, scope);
    return own;
  };

  for (const node of nodes) {
    const scope = scopeOf(node);
    const own = open(node, scope);
    const isConditional = own === undefined && (conditional.has(node) || CONDITIONS.has(node.type));
    for (const child of node.children) {
      const isInner = COMPREHENSIONS.has(node.type) || INNER_FIELDS.has(child.field ?? '');
      scopes.set(child, own !== undefined && isInner ? own : (outside.get(child) ?? scope));
      if (isConditional) conditional.add(child);
    }
    if (node.type === 'global_statement' || node.type === 'nonlocal_statement') {
      const where = node.type === 'global_statement' ? 'global' : 'nonlocal';
      for (const child of node.children) scope.elsewhere.set(nameOf(child, text), where);
    }
  }
  return { scopeOf, conditional, comprehensions, inner };
}
