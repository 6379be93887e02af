import { placeScopes } from './place-scopes.ts';
import { ownerOf, type NameScope, type Value } from './scope.ts';
import { childOf, nameOf, unwrap, type SourceNode, type SourceTree } from './source-tree.ts';
import { pairTargets, SEQUENCES, TARGETS } from './targets.ts';

/** Bindings of the names of a script. */
export interface Scopes {
  /** Returns the scope in which an expression is read. */
  scopeOf(node: SourceNode): NameScope;
  /** Identifiers that bind or only name something, and are not read. */
  readonly notRead: ReadonlySet<SourceNode>;
  /** Modules of which all names are imported. */
  readonly stars: ReadonlySet<string>;
}

const IMPORTS = new Set([
  'import_statement',
  'import_from_statement',
  'aliased_import',
  'relative_import',
  'future_import_statement',
]);

/**
 * Finds everything that each name of a script may be, in whatever order its statements run.
 * @param step is called for every piece of work, of which hostile targets make many; may throw.
 */
export function readScopes(source: SourceTree, step: () => void): Scopes {
  const { nodes, text } = source;
  const { scopeOf, conditional, comprehensions, inner } = placeScopes(source);
  const notRead = new Set<SourceNode>();
  const stars = new Set<string>();

  const bindName = (
    name: string,
    node: SourceNode,
    scope: NameScope,
    value: Value | string | undefined,
  ): void => {
    const owner = ownerOf(name, scope);
    const known = owner.names.get(name) ?? { values: [], boundFrom: Infinity, isDeleted: false };
    owner.names.set(name, known);
    if (value !== undefined) known.values.push(value);
    if (owner === scope && !conditional.has(node)) known.boundFrom = Math.min(known.boundFrom, node.end);
  };

  /** Binds the names of a target; `value` is unpacked into it, where known. */
  const bindTarget = (target: SourceNode, scope: NameScope, value?: SourceNode): void => {
    const rest: [SourceNode, SourceNode | undefined][] = [[target, value]];
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
      step();
      const [node, from] = item;
      if (node.type === 'identifier') {
        notRead.add(node);
        const bound = from === undefined ? undefined : { node: from, scope: scopeOf(from) };
        bindName(nameOf(node, text), node, scope, bound);
      } else if (node.type === 'constrained_type' || node.type === 'generic_type') {
        // Only the first child is the name; its bound or its parameters follow.
        if (node.children[0] !== undefined) rest.push([node.children[0], undefined]);
      } else if (TARGETS.has(node.type)) for (const pair of pairTargets(node, from)) rest.push(pair);
    }
  };

  const bindImport = (statement: SourceNode, scope: NameScope): void => {
    const module = childOf(statement, 'module_name');
    const from = module === undefined ? undefined : modulePath(module, text);
    if (from !== undefined && statement.children.some(({ type }) => type === 'wildcard_import'))
      stars.add(from);
    for (const child of statement.children) {
      if (child.field !== 'name') continue;
      const dotted = child.type === 'aliased_import' ? childOf(child, 'name') : child;
      const alias = childOf(child, 'alias');
      if (dotted === undefined) continue;
      const path = nameOf(dotted, text);
      const first = path.split('.', 1)[0] ?? path;
      // A name that begins with dots is a module of the script's own.
      if (module !== undefined && from === undefined)
        bindName(nameOf(alias ?? dotted, text), child, scope, undefined);
      else if (from !== undefined)
        bindName(alias ? nameOf(alias, text) : path, child, scope, `${from}.${path}`);
      else if (alias === undefined) bindName(first, child, scope, first);
      else bindName(nameOf(alias, text), child, scope, path);
    }
  };

  const bindParameters = (parameters: SourceNode, scope: NameScope): void => {
    for (const parameter of parameters.children) {
      const name = childOf(parameter, 'name');
      const target = name ?? (parameter.type === 'typed_parameter' ? parameter.children[0] : parameter);
      if (target !== undefined) bindTarget(target, scope, childOf(parameter, 'value'));
    }
  };

  const visit: Readonly<Record<string, (node: SourceNode, scope: NameScope) => void>> = {
    import_statement: bindImport,
    import_from_statement: bindImport,
    assignment: (node, scope) => {
      const left = childOf(node, 'left');
      if (left === undefined) return;
      let value = childOf(node, 'right');
      while (value?.type === 'assignment') value = childOf(value, 'right');
      bindTarget(left, scope, value);
    },
    augmented_assignment: (node, scope) => {
      const left = childOf(node, 'left');
      if (left?.type === 'identifier') bindName(nameOf(left, text), node, scope, undefined);
    },
    named_expression: (node, scope) => {
      const name = childOf(node, 'name');
      // Binds in the function around a comprehension. Binding in the inner scope too does no harm.
      if (name === undefined) return;
      for (let outer: NameScope | undefined = scope; outer !== undefined; outer = outer.parent) {
        bindTarget(name, outer, childOf(node, 'value'));
        if (!comprehensions.has(outer)) break;
      }
    },
    for_statement: (node, scope) => bindLoop(node, scope),
    for_in_clause: (node, scope) => bindLoop(node, scope),
    as_pattern: (node, scope) => {
      const target = childOf(node, 'alias') ?? node.children.at(-1);
      if (target !== undefined) bindTarget(target, scope);
    },
    case_pattern: (node, scope) => {
      const [only] = node.children;
      if (only?.type === 'dotted_name' && only.children.length === 1)
        bindTarget(only.children[0] ?? only, scope);
    },
    splat_pattern: (node, scope) => {
      if (node.children[0] !== undefined) bindTarget(node.children[0], scope);
    },
    delete_statement: (node, scope) => {
      for (const target of node.children.flatMap((child) =>
        child.type === 'expression_list' ? child.children : child,
      )) {
        if (target.type !== 'identifier') continue;
        notRead.add(target);
        bindName(nameOf(target, text), target, scope, undefined);
        const known = ownerOf(nameOf(target, text), scope).names.get(nameOf(target, text));
        if (known !== undefined) known.isDeleted = true;
      }
    },
    function_definition: (node, scope) => bindDefinition(node, scope),
    class_definition: (node, scope) => bindDefinition(node, scope),
    type_alias_statement: (node, scope) => {
      const left = childOf(node, 'left');
      if (left !== undefined) bindTarget(left, scope);
    },
    attribute: (node) => addUnread(childOf(node, 'attribute')),
    keyword_argument: (node) => addUnread(childOf(node, 'name')),
    keyword_pattern: (node, scope) => {
      const [name, value] = node.children;
      addUnread(name);
      if (value?.type === 'dotted_name' && value.children.length === 1)
        bindTarget(value.children[0] ?? value, scope);
    },
    dotted_name: (node) => {
      if (IMPORTS.has(node.parent?.type ?? '')) node.children.forEach(addUnread);
    },
    aliased_import: (node) => addUnread(childOf(node, 'alias')),
    global_statement: (node) => node.children.forEach(addUnread),
    nonlocal_statement: (node) => node.children.forEach(addUnread),
  };

  const addUnread = (node: SourceNode | undefined): void => {
    if (node !== undefined) notRead.add(node);
  };
  const bindDefinition = (node: SourceNode, scope: NameScope): void => {
    const name = childOf(node, 'name');
    if (name !== undefined) bindTarget(name, scope);
  };
  const bindLoop = (node: SourceNode, scope: NameScope): void => {
    const left = childOf(node, 'left');
    const right = childOf(node, 'right');
    if (left === undefined) return;
    const items =
      right !== undefined && SEQUENCES.has(unwrap(right).type) ? unwrap(right).children : [undefined];
    for (const item of items.length === 0 ? [undefined] : items) bindTarget(left, scope, item);
  };

  for (const node of nodes) {
    step();
    visit[node.type]?.(node, scopeOf(node));
  }
  for (const [node, scope] of inner) {
    const parameters = childOf(node, 'parameters');
    if (parameters !== undefined) bindParameters(parameters, scope);
    const types = childOf(node, 'type_parameters');
    if (types !== undefined) bindTarget(types, scope);
  }
  return { scopeOf, notRead, stars };
}

/** Returns the module of a `from`; undefined for a module of the script's own, which begins with dots. */
export function modulePath(module: SourceNode, text: string): string | undefined {
  return module.type === 'dotted_name' ? nameOf(module, text) : undefined;
}
