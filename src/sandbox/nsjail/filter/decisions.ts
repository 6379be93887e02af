import type { Action, Comparison, Condition, Rule } from './policy.ts';

/** Something to find out about 32 bits of what the kernel tells of a call: whether `word & mask` is `value`, or at least. */
export interface Question {
  readonly test: 'equal' | 'atLeast';
  /** Place in struct seccomp_data (linux/seccomp.h). */
  readonly word: number;
  readonly mask: number;
  readonly value: number;
}

/** Decision on a call: an action, or a question and the decisions that follow from its answer. */
export type Decision =
  | { readonly action: Action }
  | (Question & { readonly yes: Decision; readonly no: Decision });

/** Answers to earlier questions. */
type Facts = readonly (Question & { readonly holds: boolean })[];
type Next = (facts: Facts) => Decision;

/** Places in struct seccomp_data. */
export const [NUMBER_WORD, ARCHITECTURE_WORD] = [0, 4];
const FIRST_ARGUMENT = 16;
const [WORD_BYTES, WORD_BITS] = [4, 32n];
/** Steps of the making of one call's decision: a policy that needs more could take time without end. */
const MAX_STEPS = 20_000;

/** Makes decisions; equal ones are one object. */
export class DecisionMaker {
  readonly #known = new Map<string, Decision>();
  readonly #ids = new Map<Decision, number>();
  #steps = 0;

  /** The decision about one call, by the rules for it: the first whose condition holds. */
  decide(rules: readonly Rule[], otherwise: Action): Decision {
    this.#steps = 0;
    const from = (index: number, facts: Facts): Decision => {
      const rule = rules[index];
      if (rule?.when === undefined) return this.#answer(rule?.action ?? otherwise);
      return this.#ask(
        rule.when,
        facts,
        () => this.#answer(rule.action),
        (found) => from(index + 1, found),
      );
    };
    return from(0, []);
  }

  #answer(action: Action): Decision {
    return this.#same(`action ${action}`, { action });
  }

  #ask(condition: Condition, facts: Facts, yes: Next, no: Next): Decision {
    switch (condition.kind) {
      case 'equal':
        return this.#compare(splitWords(condition), facts, yes, no);
      case 'unequal':
        return this.#compare(splitWords(condition), facts, no, yes);
      case 'all':
      case 'any': {
        const [first, second, ...others] = condition.of;
        if (second === undefined) return this.#ask(first, facts, yes, no);
        const rest: Next = (found) =>
          this.#ask({ kind: condition.kind, of: [second, ...others] }, found, yes, no);
        return condition.kind === 'all'
          ? this.#ask(first, facts, rest, no)
          : this.#ask(first, facts, yes, rest);
      }
    }
  }

  /** Asks questions in turn, until one finds no; leaves out those whose answer is known. */
  #compare([question, ...others]: readonly Question[], facts: Facts, yes: Next, no: Next): Decision {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) throw new RangeError('The conditions of a call are too many.');
    if (question === undefined) return yes(facts);
    const known = recall(question, facts);
    if (known === false) return no(facts);
    if (known === true) return this.#compare(others, facts, yes, no);
    const whenYes = this.#compare(others, [...facts, { ...question, holds: true }], yes, no);
    const whenNo = no([...facts, { ...question, holds: false }]);
    if (whenYes === whenNo) return whenYes;
    const { word, mask, value } = question;
    const key = `${word} ${mask} ${value} ${this.#ids.get(whenYes)} ${this.#ids.get(whenNo)}`;
    return this.#same(key, { ...question, yes: whenYes, no: whenNo });
  }

  #same(key: string, made: Decision): Decision {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, made);
    this.#ids.set(made, this.#ids.size);
    return made;
  }
}

/** The questions about both halves of an argument, in the order of their bytes. */
const splitWords = ({ argument, mask, value }: Comparison): readonly Question[] =>
  [0, 1]
    .map((half): Question => ({
      test: 'equal',
      word: FIRST_ARGUMENT + (2 * argument + half) * WORD_BYTES,
      mask: takeHalf(mask, half),
      value: takeHalf(value, half),
    }))
    .filter(({ mask: bits, value: wanted }) => bits !== 0 || wanted !== 0);

const takeHalf = (bits: bigint, half: number): number =>
  Number(BigInt.asUintN(Number(WORD_BITS), bits >> (BigInt(half) * WORD_BITS)));

const and = (left: number, right: number): number => (left & right) >>> 0;

/** The answer to a question where earlier ones tell it. */
function recall(question: Question, facts: Facts): boolean | undefined {
  const { word, mask, value } = question;
  if (and(value, mask) !== value) return false;
  for (const fact of facts) {
    if (fact.word !== word) continue;
    if (fact.holds) {
      const shared = and(mask, fact.mask);
      if (and(value, shared) !== and(fact.value, shared)) return false;
      if (shared === mask) return true;
    } else if (fact.mask === mask && fact.value === value) return false;
  }
  return undefined;
}
