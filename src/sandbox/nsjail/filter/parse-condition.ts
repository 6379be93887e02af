import type { Comparison, Condition } from './policy.ts';
import { isName, type Tokens } from './tokens.ts';

const EVERY_BIT = 2n ** 64n - 1n;
/** Parentheses within parentheses: no filter that a person reads has more. */
const MAX_DEPTH = 20;

/**
 * Reads a condition: comparisons of arguments, or of their bits (`(flags & MASK) == 0`), joined by `&&` or `||`. Both
 * beside each other need parentheses here: C and its readers differ about them.
 */
export function parseCondition(tokens: Tokens, names: readonly string[], depth = 0): Condition {
  if (depth > MAX_DEPTH) throw tokens.error('There are too many parentheses.');
  const first = parseOperand(tokens, names, depth);
  const sign = tokens.peek();
  if (sign !== '&&' && sign !== '||') return first;
  const rest: Condition[] = [];
  while (tokens.takeIf(sign)) rest.push(parseOperand(tokens, names, depth));
  if (['&&', '||'].includes(tokens.peek()))
    throw tokens.error('&& and || beside each other need parentheses.');
  return { kind: sign === '&&' ? 'all' : 'any', of: [first, ...rest] };
}

function parseOperand(tokens: Tokens, names: readonly string[], depth: number): Condition {
  if (isName(tokens.peek())) return parseComparison(tokens, findArgument(tokens, names), EVERY_BIT);
  tokens.expect('(');
  if (tokens.peek(1) !== '&') {
    const inner = parseCondition(tokens, names, depth + 1);
    tokens.expect(')');
    return inner;
  }
  const argument = findArgument(tokens, names);
  tokens.expect('&');
  const mask = tokens.takeNumber();
  tokens.expect(')');
  return parseComparison(tokens, argument, mask);
}

function findArgument(tokens: Tokens, names: readonly string[]): number {
  const name = tokens.takeName();
  const argument = names.indexOf(name);
  if (argument < 0) throw tokens.error(`${name} is no argument that is named before the condition.`);
  return argument;
}

function parseComparison(tokens: Tokens, argument: number, mask: bigint): Comparison {
  const { text } = tokens.take();
  if (text !== '==' && text !== '!=') throw tokens.error(`${text} is not understood: == or != belongs here.`);
  return { kind: text === '==' ? 'equal' : 'unequal', argument, mask, value: tokens.takeNumber() };
}
