import { evaluate } from './expression.ts';
import type { Action, Policy } from './policy.ts';
import { systemCalls } from './system-calls.ts';

const names = new Map([...systemCalls].map(([name, number]) => [number, name]));
const ALL_BITS = 0xffff_ffff_ffff_ffffn;

/** Returns the action of a filter for one call, by its number and its arguments as the kernel sees them (the rest are -1). */
export function judgeCall(policy: Policy, number: number, args: readonly bigint[]): Action {
  const name = names.get(number);
  if (name === undefined) return policy.otherwise;
  for (const { call, parameters, condition, action } of policy.rules) {
    if (call !== name) continue;
    if (condition === undefined) return action;
    const given = parameters.map((parameter, index) => [parameter, (args[index] ?? -1n) & ALL_BITS] as const);
    if (evaluate(condition, new Map([...policy.constants, ...given])) !== 0n) return action;
  }
  return policy.otherwise;
}
