import { unwrap, type SourceNode } from './source-tree.ts';

/** Nodes that hold the targets of a binding. */
export const TARGETS = new Set([
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
/** Nodes whose items are known one by one. */
export const SEQUENCES = new Set(['expression_list', 'tuple', 'list', 'set']);

const MOST_UNPACKED = 50;

/**
 * Pairs the parts of a target with the parts unpacked into them; where they do not match one to one, with all of
 * them.
 */
export function pairTargets(
  target: SourceNode,
  value: SourceNode | undefined,
): [SourceNode, SourceNode | undefined][] {
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
