import type { PolicyFinding } from '../../../core/contract/policy/policy.ts';
import type { DenyMatcher } from '../deny-matcher.ts';
import type { Fact } from '../fact.ts';

/** Verdict of a rule on a fact; the place is the fact's. */
export type Judgement = Pick<PolicyFinding, 'kind' | 'name' | 'reason'>;

/** A pure function that judges every fact. */
export type Rule = (fact: Fact, denied: DenyMatcher) => Judgement | undefined;

/** Returns a full name as a script writes it: built-in functions without their module. */
export function showName(path: string): string {
  const shown = path.startsWith('builtins.') ? path.slice('builtins.'.length) : path;
  return shown.length > MOST_NAME ? `${shown.slice(0, MOST_NAME)}…` : shown;
}

const MOST_NAME = 120;
