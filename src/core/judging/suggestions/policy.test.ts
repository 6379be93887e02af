import { expect, it } from 'vitest';
import type { PolicyFinding } from '../../contract/policy/policy.ts';
import { policyRuleNames } from '../../contract/policy/rules.ts';
import { suggestForPolicy } from './policy.ts';

const finding = (rule: PolicyFinding['rule'], name: string): PolicyFinding => ({
  rule,
  name,
  kind: 'call',
  line: 1,
  column: 1,
  reason: '',
});

it.each([
  [finding('dangerous_builtin', 'eval'), /literal_eval/],
  [finding('denied_function', 'pickle.loads'), /json/],
  [finding('denied_module', 'subprocess'), /in Python/],
  [finding('denied_function', 'os.execv'), /in Python/],
  [finding('denied_module', 'requests'), /denied/],
])('%j has an alternative', (one, says) => {
  expect(suggestForPolicy([one, one])).toEqual([expect.stringMatching(says)]);
});

it('has something to say of every rule', () => {
  for (const rule of policyRuleNames) expect(suggestForPolicy([finding(rule, 'x')])).toHaveLength(1);
});
