import { parseExpression, tokenize, type Expression, type Tokens } from './expression.ts';

/** Action of a filter for a call. */
export type Action = 'allow' | { readonly errno: number };

/** One call in one group; without a condition it is about the call whatever its arguments are. */
export interface Rule {
  readonly call: string;
  readonly parameters: readonly string[];
  readonly condition: Expression | undefined;
  readonly action: Action;
}

/** A filter: the first rule that fits decides. */
export interface Policy {
  readonly rules: readonly Rule[];
  readonly otherwise: Action;
  readonly constants: ReadonlyMap<string, bigint>;
}

/** The names that Kafel itself gives the arguments of a call, where a policy uses them without saying so. */
const knownParameters: Readonly<Record<string, readonly string[]>> = {
  clone: ['clone_flags', 'newsp', 'parent_tidptr', 'child_tidptr', 'tls'],
};

/**
 * Reads a policy in Kafel's language, as far as the jail files use it.
 * @throws Error where it holds anything else: an attack that misreads a policy would prove nothing.
 */
export function parsePolicy(text: string): Policy {
  const constants = new Map<string, bigint>();
  const source = text
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/^#define (\w+) (\w+)$/gm, (_, name: string, value: string) => {
      constants.set(name, BigInt(value));
      return '';
    });
  const tokens = tokenize(source);
  const named = new Map<string, Rule[]>();
  const used: string[] = [];
  while (!tokens.isDone()) {
    const word = tokens.next();
    if (word === 'POLICY') named.set(tokens.next(), readGroups(tokens));
    else if (word === 'USE') used.push(...readNames(tokens));
    else if (word === 'DEFAULT') {
      const otherwise = readAction(tokens);
      const rules = used.flatMap((name) => named.get(name) ?? fail(`there is no policy ${name}`));
      return { rules, otherwise, constants };
    } else fail(`a policy does not begin with ${word}`);
  }
  return fail('a filter ends with DEFAULT');
}

function readNames(tokens: Tokens): string[] {
  const names = [tokens.next()];
  while (tokens.take(',')) {
    tokens.take('USE');
    names.push(tokens.next());
  }
  return names;
}

function readGroups(tokens: Tokens): Rule[] {
  const rules: Rule[] = [];
  tokens.expect('{');
  while (!tokens.take('}')) {
    const action = readAction(tokens);
    tokens.expect('{');
    while (!tokens.take('}')) {
      rules.push(readRule(tokens, action));
      tokens.take(',');
    }
    tokens.take(',');
  }
  return rules;
}

function readRule(tokens: Tokens, action: Action): Rule {
  const call = tokens.next();
  let parameters = knownParameters[call] ?? [];
  if (tokens.take('(')) {
    parameters = readNames(tokens);
    tokens.expect(')');
  }
  if (!tokens.take('{')) return { call, parameters, condition: undefined, action };
  const condition = parseExpression(tokens);
  tokens.expect('}');
  return { call, parameters, condition, action };
}

function readAction(tokens: Tokens): Action {
  const word = tokens.next();
  if (word === 'ALLOW') return 'allow';
  if (word !== 'ERRNO') return fail(`the jail files know no action ${word}`);
  tokens.expect('(');
  const errno = Number(tokens.next());
  tokens.expect(')');
  return { errno };
}

function fail(message: string): never {
  throw new Error(`The policy cannot be read: ${message}.`);
}
