import type { Node } from 'web-tree-sitter';
import { isDynamicName, isHarmlessModule } from './dynamic-names.ts';

/*
 * Tells what one word of the script may do to the module's namespace. Each set lists what is known to be harmless;
 * everything else counts as a binding.
 */

const NO_CODE = new Set(['comment', 'string_content', 'escape_sequence', 'string_start', 'string_end']);

/** Parents below which an identifier is read, never bound. */
const READERS = new Set([
  'argument_list',
  'await',
  'return_statement',
  'binary_operator',
  'comparison_operator',
  'boolean_operator',
  'not_operator',
  'unary_operator',
  'conditional_expression',
  'pair',
  'interpolation',
  'decorator',
  'call',
]);

/** Parents below which an identifier is a parameter, visible in calls only. */
const PARAMETERS = new Set([
  'parameters',
  'lambda_parameters',
  'default_parameter',
  'typed_default_parameter',
  'typed_parameter',
  'keyword_argument',
]);

/** Nodes whose `body` is a scope of its own. */
const SCOPES = new Set(['function_definition', 'class_definition', 'lambda']);

/** Whether the word at this leaf is in a string or a comment. */
export function isInText(leaf: Node): boolean {
  return NO_CODE.has(leaf.type);
}

/** Whether an occurrence of the wanted name may bind it in the module's namespace. */
export function mayBind(leaf: Node): boolean {
  if (isInText(leaf)) return false;
  const { parent } = leaf;
  if (leaf.type !== 'identifier' || parent === null) return true;
  if (parent.type === 'global_statement') return true;
  if (parent.type === 'attribute') return isField(parent, 'attribute', leaf) && !isCalled(parent);
  if (READERS.has(parent.type) || PARAMETERS.has(parent.type)) return false;
  return !isInInnerScope(leaf);
}

/** True when an imported module may change its importer. @param leaf of the keyword `import`. */
export function mayImportBindings(leaf: Node): boolean {
  if (isInText(leaf)) return false;
  const statement = leaf.parent;
  if (statement?.type === 'future_import_statement') return false;
  if (statement?.type === 'import_statement')
    return statement.childrenForFieldName('name').some((name) => !isHarmlessModule(name.text));
  if (statement?.type !== 'import_from_statement') return true;
  const module = statement.childForFieldName('module_name');
  return (
    module?.type !== 'dotted_name' ||
    !isHarmlessModule(module.text) ||
    statement.namedChildren.some((child) => child.type === 'wildcard_import')
  );
}

/** Whether the identifier at this leaf can reach a namespace without naming what it binds. */
export function mayReachNamespace(leaf: Node, name: string): boolean {
  // The statement `type X = …` is not a use of the function `type`.
  if (leaf.type === 'type' && leaf.parent?.type === 'type_alias_statement') return false;
  return isDynamicName(name) && !isInText(leaf);
}

function isField(parent: Node, field: string, child: Node): boolean {
  return parent.childForFieldName(field)?.id === child.id;
}

function isCalled(node: Node): boolean {
  return node.parent?.type === 'call';
}

function isInInnerScope(leaf: Node): boolean {
  let child = leaf;
  for (let node = leaf.parent; node !== null; child = node, node = node.parent)
    if (SCOPES.has(node.type) && isField(node, 'body', child)) return true;
  return false;
}
