import type { PolicyFinding } from '../../../core/policy/policy.ts';
import type { DenyMatcher } from '../deny-matcher.ts';
import type { Fact } from '../facts.ts';

/** What a rule says of a fact: without its place, which is the fact's. */
export type Judgement = Pick<PolicyFinding, 'kind' | 'name' | 'reason'>;

/** One rule: pure, and told of every fact. */
export type Rule = (fact: Fact, denied: DenyMatcher) => Judgement | undefined;

/** A full name as a script would write it: built-in functions have no module. */
export function showName(path: string): string {
  const shown = path.startsWith('builtins.') ? path.slice('builtins.'.length) : path;
  return shown.length > MOST_NAME ? `${shown.slice(0, MOST_NAME)}…` : shown;
}

const MOST_NAME = 120;
