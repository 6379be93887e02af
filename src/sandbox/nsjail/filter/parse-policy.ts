import { parseCondition } from './parse-condition.ts';
import { ALLOW, refuseWith, type Action, type Policy, type Rule } from './policy.ts';
import { Tokens } from './tokens.ts';

const MAX_ARGUMENTS = 6;

/**
 * Reads a policy in the part of kafel's language that the files in `nsjail/` use: constants, policies of `ALLOW` and
 * `ERRNO`, conditions of `==`, `!=`, `&`, `&&` and `||`, one `USE` of several policies, and a `DEFAULT`.
 *
 * @throws PolicyError with the line, for anything else.
 * @example parsePolicy('POLICY a { ALLOW { read, write } } USE a DEFAULT ERRNO(38)').rules[0].call // 'read'
 */
export function parsePolicy(text: string): Policy {
  const tokens = new Tokens(text);
  const policies = new Map<string, Rule[]>();
  while (tokens.takeIf('POLICY')) {
    const name = tokens.takeName();
    if (policies.has(name)) throw tokens.error(`The policy ${name} is there twice.`);
    tokens.expect('{');
    policies.set(name, parseList(tokens, '}', () => parseBlock(tokens)).flat());
  }
  const rules: Rule[] = [];
  do {
    tokens.expect('USE');
    const name = tokens.takeName();
    const used = policies.get(name);
    if (used === undefined) throw tokens.error(`There is no policy ${name}.`);
    rules.push(...used);
  } while (tokens.takeIf(','));
  tokens.expect('DEFAULT');
  const otherwise = parseAction(tokens);
  if (tokens.peek() !== '') throw tokens.error(`${tokens.peek()} stands after the end.`);
  return { rules, otherwise };
}

/** Reads what stands between commas, up to a closing sign. */
function parseList<T>(tokens: Tokens, end: string, parse: () => T): T[] {
  const items = [parse()];
  while (tokens.takeIf(',')) items.push(parse());
  tokens.expect(end);
  return items;
}

/** Reads an action and its calls. */
function parseBlock(tokens: Tokens): Rule[] {
  const action = parseAction(tokens);
  tokens.expect('{');
  return parseList(tokens, '}', () => parseRule(tokens, action));
}

function parseRule(tokens: Tokens, action: Action): Rule {
  const call = tokens.takeName();
  const names = tokens.takeIf('(') ? parseList(tokens, ')', () => tokens.takeName()) : [];
  if (names.length > MAX_ARGUMENTS) throw tokens.error(`${call} has more arguments than a system call can.`);
  if (new Set(names).size < names.length) throw tokens.error(`Two arguments of ${call} have one name.`);
  if (!tokens.takeIf('{')) return { call, when: undefined, action };
  const when = parseCondition(tokens, names);
  tokens.expect('}');
  return { call, when, action };
}

function parseAction(tokens: Tokens): Action {
  const name = tokens.takeName();
  if (name === 'ALLOW') return ALLOW;
  if (name !== 'ERRNO') throw tokens.error(`${name} is no action here: ALLOW and ERRNO(number) are.`);
  tokens.expect('(');
  const errno = Number(tokens.takeNumber());
  tokens.expect(')');
  try {
    return refuseWith(errno);
  } catch (error) {
    throw tokens.error(error instanceof Error ? error.message : String(error));
  }
}
