import { callNumbers } from './call-numbers.ts';
import type { Comparison, Condition, Policy } from './policy.ts';
import { X86_64, type Call } from './run-filter.test-support.ts';

/** Judges a call by a policy, read as a person reads it. */
export function judgeCall({ rules, otherwise }: Policy, call: Call): number {
  if (call.architecture !== X86_64) return 0;
  const rule = rules.find(
    (one) =>
      callNumbers.get(one.call) === call.number &&
      (one.when === undefined || holds(one.when, call.arguments)),
  );
  return rule?.action ?? otherwise;
}

function holds(condition: Condition, values: readonly bigint[]): boolean {
  if ('of' in condition)
    return condition.kind === 'all'
      ? condition.of.every((one) => holds(one, values))
      : condition.of.some((one) => holds(one, values));
  const isEqual = ((values[condition.argument] ?? 0n) & condition.mask) === condition.value;
  return isEqual === (condition.kind === 'equal');
}

/** All comparisons in a condition. */
export const listComparisons = (condition: Condition): readonly Comparison[] =>
  'of' in condition ? condition.of.flatMap(listComparisons) : [condition];

const HIGH = 1n << 32n;

/** Values of an argument at which a comparison may turn. */
export function listTurns({ mask, value }: Comparison): bigint[] {
  const near = [value, mask, value | ~mask, ~mask, value ^ mask].flatMap((one) => [one - 1n, one, one + 1n]);
  const bits = Array.from({ length: 64 }, (_, bit) => 1n << BigInt(bit)).filter((bit) => (bit & mask) !== 0n);
  const few = bits.length > 8 ? [bits.at(0), bits.at(bits.length >> 1), bits.at(-1)] : bits;
  return [
    0n,
    HIGH,
    -1n,
    ...near,
    ...near.map((one) => one ^ HIGH),
    ...few.map((bit) => value ^ (bit ?? 0n)),
  ].map((one) => BigInt.asUintN(64, one));
}
