import { bindName, bindTarget, type Bindings } from './bindings.ts';
import { readImport } from './read-import.ts';
import { ownerOf, type NameScope } from './scope.ts';
import { childOf, nameOf, unwrap, type SourceNode } from './source-tree.ts';
import { SEQUENCES } from './targets.ts';

/** Adds the bindings of one node, and its identifiers that are not read. */
type Binder = (bindings: Bindings, node: SourceNode, scope: NameScope) => void;

const IMPORTS = new Set([
  'import_statement',
  'import_from_statement',
  'aliased_import',
  'relative_import',
  'future_import_statement',
]);

const bindImport: Binder = (bindings, statement, scope) => {
  const { text } = bindings;
  const { module, isRelative, star, names } = readImport(statement, text);
  if (module !== undefined && !isRelative && star !== undefined) bindings.stars.add(module.path);
  for (const { node, dotted, alias } of names) {
    const path = nameOf(dotted, text);
    // Without an alias, `import a.b` binds `a`.
    const [top = path] = path.split('.', 1);
    const short = module === undefined ? top : path;
    const name = alias === undefined ? short : nameOf(alias, text);
    if (isRelative) bindName(bindings, name, node, scope);
    else if (module !== undefined) bindName(bindings, name, node, scope, `${module.path}.${path}`);
    else bindName(bindings, name, node, scope, alias === undefined ? top : path);
  }
};

const bindAssignment: Binder = (bindings, node, scope) => {
  const left = childOf(node, 'left');
  if (left === undefined) return;
  let value = childOf(node, 'right');
  while (value?.type === 'assignment') value = childOf(value, 'right');
  bindTarget(bindings, left, scope, value);
};

const bindAugmented: Binder = (bindings, node, scope) => {
  const left = childOf(node, 'left');
  if (left?.type === 'identifier') bindName(bindings, nameOf(left, bindings.text), node, scope);
};

const bindNamedExpression: Binder = (bindings, node, scope) => {
  const name = childOf(node, 'name');
  // Binds in the function around a comprehension. Binding in the inner scope too does no harm.
  if (name === undefined) return;
  for (let outer: NameScope | undefined = scope; outer !== undefined; outer = outer.parent) {
    bindTarget(bindings, name, outer, childOf(node, 'value'));
    if (!bindings.placement.comprehensions.has(outer)) break;
  }
};

const bindLoop: Binder = (bindings, node, scope) => {
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  if (left === undefined) return;
  const sequence = right === undefined ? undefined : unwrap(right);
  const items = sequence !== undefined && SEQUENCES.has(sequence.type) ? sequence.children : [];
  if (items.length === 0) bindTarget(bindings, left, scope);
  for (const item of items) bindTarget(bindings, left, scope, item);
};

const bindDeleted: Binder = (bindings, node, scope) => {
  const targets = node.children.flatMap((child) =>
    child.type === 'expression_list' ? child.children : child,
  );
  for (const target of targets) {
    if (target.type !== 'identifier') continue;
    const name = nameOf(target, bindings.text);
    bindings.notRead.add(target);
    bindName(bindings, name, target, scope);
    const known = ownerOf(name, scope).names.get(name);
    if (known !== undefined) known.isDeleted = true;
  }
};

const bindAlias: Binder = (bindings, node, scope) => {
  const target = childOf(node, 'alias') ?? node.children.at(-1);
  if (target !== undefined) bindTarget(bindings, target, scope);
};

/** Binds a name that a pattern of `match` captures; a name with dots is compared instead. */
const bindCapture = (bindings: Bindings, pattern: SourceNode | undefined, scope: NameScope): void => {
  if (pattern?.type === 'dotted_name' && pattern.children.length === 1)
    bindTarget(bindings, pattern.children[0] ?? pattern, scope);
};

const bindKeywordPattern: Binder = (bindings, { children: [name, value] }, scope) => {
  addUnread(bindings, name);
  bindCapture(bindings, value, scope);
};

/** Binds the target in a field of the grammar, without a known value. */
const bindField =
  (field: string): Binder =>
  (bindings, node, scope) => {
    const target = childOf(node, field);
    if (target !== undefined) bindTarget(bindings, target, scope);
  };

function addUnread({ notRead }: Bindings, node: SourceNode | undefined): void {
  if (node !== undefined) notRead.add(node);
}

const leaveUnread =
  (field: string): Binder =>
  (bindings, node) =>
    addUnread(bindings, childOf(node, field));

const leaveAllUnread: Binder = ({ notRead }, { children }) => {
  for (const child of children) notRead.add(child);
};

/** Binders by node type. */
export const binders: Readonly<Record<string, Binder>> = {
  import_statement: bindImport,
  import_from_statement: bindImport,
  assignment: bindAssignment,
  augmented_assignment: bindAugmented,
  named_expression: bindNamedExpression,
  for_statement: bindLoop,
  for_in_clause: bindLoop,
  delete_statement: bindDeleted,
  as_pattern: bindAlias,
  case_pattern: (bindings, { children: [only] }, scope) => bindCapture(bindings, only, scope),
  keyword_pattern: bindKeywordPattern,
  splat_pattern: (bindings, { children: [name] }, scope) => {
    if (name !== undefined) bindTarget(bindings, name, scope);
  },
  function_definition: bindField('name'),
  class_definition: bindField('name'),
  type_alias_statement: bindField('left'),
  attribute: leaveUnread('attribute'),
  keyword_argument: leaveUnread('name'),
  aliased_import: leaveUnread('alias'),
  global_statement: leaveAllUnread,
  nonlocal_statement: leaveAllUnread,
  dotted_name: (bindings, node, scope) => {
    if (IMPORTS.has(node.parent?.type ?? '')) leaveAllUnread(bindings, node, scope);
  },
};

/** Binds the parameters and the type parameters of a definition in its own scope. */
export function bindParameters(bindings: Bindings, definition: SourceNode, scope: NameScope): void {
  for (const parameter of childOf(definition, 'parameters')?.children ?? []) {
    const first = parameter.type === 'typed_parameter' ? parameter.children[0] : parameter;
    const target = childOf(parameter, 'name') ?? first;
    if (target !== undefined) bindTarget(bindings, target, scope, childOf(parameter, 'value'));
  }
  const types = childOf(definition, 'type_parameters');
  if (types !== undefined) bindTarget(bindings, types, scope);
}
