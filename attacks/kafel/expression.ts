/** A condition on the arguments of a call. Values are 64 bits wide, as a filter sees them. */
export type Expression =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

const operators = {
  '||': (a: bigint, b: bigint) => toBit(a !== 0n || b !== 0n),
  '&&': (a: bigint, b: bigint) => toBit(a !== 0n && b !== 0n),
  '==': (a: bigint, b: bigint) => toBit(a === b),
  '!=': (a: bigint, b: bigint) => toBit(a !== b),
  '<=': (a: bigint, b: bigint) => toBit(a <= b),
  '>=': (a: bigint, b: bigint) => toBit(a >= b),
  '<': (a: bigint, b: bigint) => toBit(a < b),
  '>': (a: bigint, b: bigint) => toBit(a > b),
  '|': (a: bigint, b: bigint) => a | b,
  '&': (a: bigint, b: bigint) => a & b,
} as const;
type Operator = keyof typeof operators;

/** From the loosest to the tightest. */
const levels: readonly (readonly Operator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['|'],
  ['&'],
];

const toBit = (truth: boolean): bigint => (truth ? 1n : 0n);

/** The words of a policy, one after the other. */
export interface Tokens {
  isDone(): boolean;
  next(): string;
  /** Whether the next one is this; it is used up then. */
  take(word: string): boolean;
  expect(word: string): void;
  peek(): string | undefined;
}

export function tokenize(text: string): Tokens {
  const words = text.match(/\w+|\|\||&&|[=!<>]=|[^\s\w]/g) ?? [];
  let at = 0;
  const next = (): string => {
    const word = words[at];
    if (word === undefined) throw new Error('The policy ends too soon.');
    at += 1;
    return word;
  };
  const take = (word: string): boolean => {
    if (words[at] !== word) return false;
    at += 1;
    return true;
  };
  return {
    isDone: () => at >= words.length,
    next,
    take,
    expect: (word) => {
      if (!take(word))
        throw new Error(`The policy has "${words[at] ?? 'its end'}" where "${word}" has to be.`);
    },
    peek: () => words[at],
  };
}

export function parseExpression(tokens: Tokens, level = 0): Expression {
  const wanted = levels[level];
  if (wanted === undefined) return parseOperand(tokens);
  let left = parseExpression(tokens, level + 1);
  for (;;) {
    const operator = wanted.find((one) => one === tokens.peek());
    if (operator === undefined) return left;
    tokens.next();
    left = { kind: 'binary', operator, left, right: parseExpression(tokens, level + 1) };
  }
}

function parseOperand(tokens: Tokens): Expression {
  if (tokens.take('!')) return { kind: 'not', of: parseOperand(tokens) };
  if (tokens.take('(')) {
    const inner = parseExpression(tokens);
    tokens.expect(')');
    return inner;
  }
  const word = tokens.next();
  return /^\d/.test(word) ? { kind: 'number', value: BigInt(word) } : { kind: 'name', name: word };
}

/** @throws Error where a name has no value. */
export function evaluate(expression: Expression, values: ReadonlyMap<string, bigint>): bigint {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'name': {
      const value = values.get(expression.name);
      if (value === undefined) throw new Error(`Nothing is called ${expression.name} in the policy.`);
      return value;
    }
    case 'not':
      return toBit(evaluate(expression.of, values) === 0n);
    case 'binary':
      return operators[expression.operator](
        evaluate(expression.left, values),
        evaluate(expression.right, values),
      );
  }
}
