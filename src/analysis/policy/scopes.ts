import { childOf, nameOf, unwrap, type SourceNode, type SourceTree } from './source-tree.ts';

/** Where names live: the module, a function or lambda, a comprehension, or the body of a class. */
export interface Scope {
  readonly kind: 'module' | 'function' | 'class';
  readonly parent: Scope | undefined;
  readonly names: Map<string, Name>;
  /** Names that belong to another scope, by `global` and `nonlocal`. */
  readonly elsewhere: Map<string, 'global' | 'nonlocal'>;
}

/** All that binds one name in one scope. */
export interface Name {
  /** What it may be: an expression, with the scope that this is read in, or a path such as `os.system`. */
  readonly values: (Value | string)[];
  /** UTF-16 offset behind the first binding that surely happens; infinite where there is none. */
  boundFrom: number;
  /** There is a `del`: after it the name is what it is without this scope. */
  isDeleted: boolean;
}

interface Value {
  readonly node: SourceNode;
  readonly scope: Scope;
}

/** What the names of a script are bound to. */
export interface Scopes {
  /** The scope in which an expression is read. */
  scopeOf(node: SourceNode): Scope;
  /** Identifiers that bind or only name something, and are not read. */
  readonly notRead: ReadonlySet<SourceNode>;
  /** Modules whose every name is imported. */
  readonly stars: ReadonlySet<string>;
}

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
const TARGETS = new Set([
  'pattern_list',
  'tuple_pattern',
  'list_pattern',
  'list_splat_pattern',
  'dictionary_splat_pattern',
  'as_pattern_target',
  'tuple',
  'list',
  'list_splat',
  'parenthesized_expression',
  'expression_list',
  'type',
  'type_parameter',
  'splat_type',
]);
const IMPORTS = new Set([
  'import_statement',
  'import_from_statement',
  'aliased_import',
  'relative_import',
  'future_import_statement',
]);
const SEQUENCES = new Set(['expression_list', 'tuple', 'list', 'set']);

const createScope = (kind: Scope['kind'], parent?: Scope): Scope => ({
  kind,
  parent,
  names: new Map(),
  elsewhere: new Map(),
});

/** Finds what every name of a script may be, whichever way its statements run. */
export function readScopes({ nodes, root, text }: SourceTree): Scopes {
  const scopes = new Map<SourceNode, Scope>([[root, createScope('module')]]);
  const notRead = new Set<SourceNode>();
  const stars = new Set<string>();
  const conditional = new Set<SourceNode>();

  const scopeOf = (node: SourceNode): Scope => {
    const scope = scopes.get(node);
    if (scope === undefined) throw new Error('every node has a scope');
    return scope;
  };

  /** The scope in which a binding of this name takes effect, when it is written in `scope`. */
  const ownerOf = (name: string, scope: Scope): Scope => {
    const where = scope.elsewhere.get(name);
    if (where === undefined) return scope;
    let owner = scope.parent ?? scope;
    const isGlobal = where === 'global';
    for (; owner.parent !== undefined; owner = owner.parent) if (!isGlobal && owner.names.has(name)) break;
    return owner;
  };

  const bindName = (
    name: string,
    node: SourceNode,
    scope: Scope,
    value: Value | string | undefined,
  ): void => {
    const owner = ownerOf(name, scope);
    const known = owner.names.get(name) ?? { values: [], boundFrom: Infinity, isDeleted: false };
    owner.names.set(name, known);
    if (value !== undefined) known.values.push(value);
    if (owner === scope && !conditional.has(node)) known.boundFrom = Math.min(known.boundFrom, node.end);
  };

  /** Binds what a target names; `value` is what it is unpacked from, where that is known. */
  const bindTarget = (target: SourceNode, scope: Scope, value?: SourceNode): void => {
    const rest: [SourceNode, SourceNode | undefined][] = [[target, value]];
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
      const [node, from] = item;
      if (node.type === 'identifier') {
        notRead.add(node);
        const bound = from === undefined ? undefined : { node: from, scope: scopes.get(from) ?? scope };
        bindName(nameOf(node, text), node, scope, bound);
      } else if (node.type === 'constrained_type' || node.type === 'generic_type') {
        // What follows the name is its bound, or its own parameters.
        if (node.children[0] !== undefined) rest.push([node.children[0], undefined]);
      } else if (TARGETS.has(node.type)) rest.push(...pair(node, from));
    }
  };

  const bindImport = (statement: SourceNode, scope: Scope): void => {
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
      if (from !== undefined) bindName(alias ? nameOf(alias, text) : path, child, scope, `${from}.${path}`);
      else if (alias === undefined) bindName(first, child, scope, first);
      else bindName(nameOf(alias, text), child, scope, path);
    }
  };

  const bindParameters = (parameters: SourceNode, inner: Scope): void => {
    for (const parameter of parameters.children) {
      const name = childOf(parameter, 'name');
      const target = name ?? (parameter.type === 'typed_parameter' ? parameter.children[0] : parameter);
      if (target !== undefined) bindTarget(target, inner, childOf(parameter, 'value'));
    }
  };

  const visit: Readonly<Record<string, (node: SourceNode, scope: Scope) => void>> = {
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
      // It binds in the function around a comprehension; taking the inner scope too loses nothing.
      if (name === undefined) return;
      for (let outer: Scope | undefined = scope; outer !== undefined; outer = outer.parent) {
        bindTarget(name, outer, childOf(node, 'value'));
        if (!isComprehension(outer)) break;
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

  const comprehensions = new Set<Scope>();
  const isComprehension = (scope: Scope): boolean => comprehensions.has(scope);
  const addUnread = (node: SourceNode | undefined): void => {
    if (node !== undefined) notRead.add(node);
  };
  const bindDefinition = (node: SourceNode, scope: Scope): void => {
    const name = childOf(node, 'name');
    if (name !== undefined) bindTarget(name, scope);
  };
  const bindLoop = (node: SourceNode, scope: Scope): void => {
    const left = childOf(node, 'left');
    const right = childOf(node, 'right');
    if (left === undefined) return;
    const items =
      right !== undefined && SEQUENCES.has(unwrap(right).type) ? unwrap(right).children : [undefined];
    for (const item of items.length === 0 ? [undefined] : items) bindTarget(left, scope, item);
  };

  /** Gives each child its scope; those of `global` first, since they count for the whole function. */
  const enter = (node: SourceNode): void => {
    const scope = scopeOf(node);
    const isConditional = conditional.has(node) || CONDITIONS.has(node.type);
    let inner = scope;
    if (node.type === 'function_definition' || node.type === 'lambda') inner = createScope('function', scope);
    else if (node.type === 'class_definition') inner = createScope('class', scope);
    else if (COMPREHENSIONS.has(node.type)) {
      inner = createScope('function', scope);
      comprehensions.add(inner);
    }
    const first = inner === scope ? undefined : node.children.find(({ type }) => type === 'for_in_clause');
    for (const child of node.children) {
      const isInner =
        inner !== scope &&
        (COMPREHENSIONS.has(node.type) || child.field === 'body' || child.field === 'type_parameters');
      scopes.set(child, isInner ? inner : (outside.get(child) ?? scope));
      if (isConditional && inner === scope) conditional.add(child);
    }
    const parameters = inner === scope ? undefined : childOf(node, 'parameters');
    if (parameters !== undefined) bindings.push(() => bindParameters(parameters, inner));
    const typeParameters = inner === scope ? undefined : childOf(node, 'type_parameters');
    if (typeParameters !== undefined) bindings.push(() => bindTarget(typeParameters, inner));
    // The first sequence of a comprehension is read outside of it.
    if (first !== undefined && COMPREHENSIONS.has(node.type)) {
      const right = childOf(first, 'right');
      if (right !== undefined) outside.set(right, scope);
    }
    if (node.type === 'global_statement' || node.type === 'nonlocal_statement') {
      const where = node.type === 'global_statement' ? 'global' : 'nonlocal';
      for (const child of node.children) scope.elsewhere.set(nameOf(child, text), where);
    }
  };

  const outside = new Map<SourceNode, Scope>();
  const bindings: (() => void)[] = [];
  for (const node of nodes) enter(node);
  for (const node of nodes) visit[node.type]?.(node, scopeOf(node));
  for (const bind of bindings) bind();
  return { scopeOf, notRead, stars };
}

/** Parts of a target with the parts of what is unpacked into them; each part may be any of them where they do not match. */
function pair(target: SourceNode, value: SourceNode | undefined): [SourceNode, SourceNode | undefined][] {
  const from = value === undefined ? undefined : unwrap(value);
  const isOne = target.type === 'as_pattern_target' || target.type === 'parenthesized_expression';
  if (from === undefined || isOne) return target.children.map((part) => [part, from]);
  if (!SEQUENCES.has(from.type)) return target.children.map((part) => [part, undefined]);
  const parts = target.children;
  const hasSplat = [...parts, ...from.children].some(({ type }) => type.startsWith('list_splat'));
  if (!hasSplat && parts.length === from.children.length)
    return parts.map((part, index) => [part, from.children[index]]);
  const most = from.children.slice(0, MOST_UNPACKED);
  return parts
    .slice(0, MOST_UNPACKED)
    .flatMap((part) => most.map((item): [SourceNode, SourceNode] => [part, item]));
}

const MOST_UNPACKED = 50;

/** The module of a `from`; one with dots in front is the script's own. */
export function modulePath(module: SourceNode, text: string): string | undefined {
  return module.type === 'dotted_name' ? nameOf(module, text) : undefined;
}
