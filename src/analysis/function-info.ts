import type { Node } from 'web-tree-sitter';
import type { FunctionInfo } from './analysis.ts';
import { normalizeName } from './source-text.ts';

type Where = Pick<FunctionInfo, 'conditional' | 'decorated'>;

/** Maximum number of characters of parameters in a signature; longer ones become `…`. */
const MAX_PARAMETERS = 400;
/** Maximum number of targets read of one chained assignment. */
const MAX_TARGETS = 100;

/** Describes a `def`; returns an empty list when its name is missing. */
export function describeFunction(node: Node, where: Where): FunctionInfo[] {
  const name = readName(node.childForFieldName('name'));
  if (name === undefined) return [];
  const parameters = describeParameters(node.childForFieldName('parameters'));
  const kind = node.firstChild?.type === 'async' ? 'async def' : 'def';
  return [{ name, kind, ...toPosition(node), signature: `${name}(${parameters})`, ...where }];
}

/** Describes the names that a statement assigns a lambda to: `a = b = lambda: 1` has two. */
export function describeLambdas(statement: Node, where: Where): FunctionInfo[] {
  const targets: Node[] = [];
  let value = statement.firstNamedChild;
  while (value?.type === 'assignment' && targets.length < MAX_TARGETS) {
    const left = value.childForFieldName('left');
    if (left?.type === 'identifier') targets.push(left);
    value = value.childForFieldName('right');
  }
  if (targets.length === 0) return [];
  while (value?.type === 'parenthesized_expression') value = value.firstNamedChild;
  if (value?.type !== 'lambda') return [];
  const parameters = describeParameters(value.childForFieldName('parameters'));
  return targets.flatMap((target) => {
    const name = readName(target);
    if (name === undefined) return [];
    return [{ name, kind: 'lambda', ...toPosition(target), signature: `${name}(${parameters})`, ...where }];
  });
}

function readName(node: Node | null): string | undefined {
  return node === null || node.isMissing ? undefined : normalizeName(node.text);
}

function toPosition({ startPosition: { row, column } }: Node): { line: number; column: number } {
  return { line: row + 1, column: column + 1 };
}

function describeParameters(node: Node | null): string {
  if (node === null) return '';
  if (node.endIndex - node.startIndex > MAX_PARAMETERS) return '…';
  return node.namedChildren
    .filter((child) => child.type !== 'comment')
    .map((child) => child.text.replaceAll(/\s+/g, ' '))
    .join(', ');
}
