import type { Decision, Question } from './decisions.ts';

/** An instruction of classic BPF (struct sock_filter, linux/filter.h): jumps count from the next one. */
export interface Instruction {
  readonly code: number;
  readonly yes: number;
  readonly no: number;
  readonly value: number;
}

/** Codes of instructions: linux/bpf_common.h. */
export const opcodes = {
  load: 0x20,
  and: 0x54,
  jump: 0x05,
  ifEqual: 0x15,
  ifAtLeast: 0x35,
  ifAnyBit: 0x45,
  return: 0x06,
} as const;

/** Bounds of a conditional jump, and of a program (BPF_MAXINSNS). */
const [MAX_JUMP, MAX_INSTRUCTIONS] = [255, 4096];
const EVERY_BIT = 0xff_ff_ff_ff;

/** Content of the one register: a word, or some of its bits. */
interface Held {
  readonly word: number;
  readonly mask: number;
}

/** Distances from the end of the program: where a decision starts, with the register set for it wholly or in part. */
interface Entries {
  readonly unset: number;
  readonly loaded: number;
  readonly ready: number;
}

/**
 * Writes a decision as a program. It grows from its end to its start, so that the place of each target is known. A word
 * that the register holds already is not loaded again.
 * @throws RangeError if the program is longer than the kernel takes.
 */
export function layOut(root: Decision): Instruction[] {
  const order = sortDecisions(root);
  const needs = listNeeds(order, root);
  const backwards: Instruction[] = [];
  const places = new Map<Decision, Entries>();
  const add = (instruction: Instruction): number => backwards.push(instruction);

  /** Returns the target of a jump from a question; brings it nearer if it is too far away. */
  const reach = (target: Decision, held: Held, margin: number): number => {
    const place = chooseEntry(places.get(target), target, held);
    if (backwards.length + margin - place <= MAX_JUMP) return place;
    if (!('action' in target))
      return add({ code: opcodes.jump, yes: 0, no: 0, value: backwards.length - place });
    const near = add({ code: opcodes.return, yes: 0, no: 0, value: target.action });
    places.set(target, { unset: near, loaded: near, ready: near });
    return near;
  };

  for (const decision of order) {
    if ('action' in decision) {
      const place = add({ code: opcodes.return, yes: 0, no: 0, value: decision.action });
      places.set(decision, { unset: place, loaded: place, ready: place });
      continue;
    }
    const { code, value, held, swapped } = writeTest(decision);
    // One that is brought nearer moves the other away by one.
    const [first, second] = swapped ? [decision.no, decision.yes] : [decision.yes, decision.no];
    const no = reach(second, held, 1);
    const yes = reach(first, held, 0);
    const length = backwards.length;
    const ready = add({ code, yes: length - yes, no: length - no, value });
    const need = needs.get(decision) ?? 'word';
    const loaded =
      held.mask !== EVERY_BIT && need !== 'nothing'
        ? add({ code: opcodes.and, yes: 0, no: 0, value: held.mask })
        : ready;
    const unset = need === 'word' ? add({ code: opcodes.load, yes: 0, no: 0, value: decision.word }) : loaded;
    places.set(decision, { unset, loaded, ready });
  }
  if (backwards.length > MAX_INSTRUCTIONS)
    throw new RangeError(
      `The filter has ${backwards.length} instructions, and the kernel takes ${MAX_INSTRUCTIONS}.`,
    );
  return backwards.toReversed();
}

/** Decisions, each after those that it leads to. */
function sortDecisions(root: Decision): Set<Decision> {
  const sorted = new Set<Decision>();
  const visit = (decision: Decision): void => {
    if (sorted.has(decision)) return;
    if (!('action' in decision)) [decision.no, decision.yes].forEach(visit);
    sorted.add(decision);
  };
  visit(root);
  return sorted;
}

/** The instruction that answers a question, and what the register holds before and after it. */
function writeTest({ test, word, mask, value }: Question): {
  code: number;
  value: number;
  held: Held;
  swapped: boolean;
} {
  const whole = { word, mask: EVERY_BIT };
  if (test === 'atLeast') return { code: opcodes.ifAtLeast, value, held: whole, swapped: false };
  if (mask === EVERY_BIT) return { code: opcodes.ifEqual, value, held: whole, swapped: false };
  // A zero in some bits, or a one in the only one, is asked of the whole word.
  if (value === 0) return { code: opcodes.ifAnyBit, value: mask, held: whole, swapped: true };
  if (value === mask && (mask & (mask - 1)) === 0)
    return { code: opcodes.ifAnyBit, value: mask, held: whole, swapped: false };
  return { code: opcodes.ifEqual, value, held: { word, mask }, swapped: false };
}

type Need = 'word' | 'mask' | 'nothing';

/** Lists what each question has to load for the sake of those that lead to it. */
function listNeeds(order: Iterable<Decision>, root: Decision): Map<Decision, Need> {
  const needs = new Map<Decision, Need>([[root, 'word']]);
  const rank: readonly Need[] = ['nothing', 'mask', 'word'];
  for (const decision of order) {
    if ('action' in decision) continue;
    const { held } = writeTest(decision);
    for (const target of [decision.yes, decision.no]) {
      const need = 'action' in target ? 'nothing' : findNeed(target, held);
      const known = needs.get(target) ?? 'nothing';
      needs.set(target, rank.indexOf(need) > rank.indexOf(known) ? need : known);
    }
  }
  return needs;
}

function findNeed(question: Question, { word, mask }: Held): Need {
  const wanted = writeTest(question).held;
  if (word !== wanted.word) return 'word';
  if (mask === wanted.mask) return 'nothing';
  return mask === EVERY_BIT ? 'mask' : 'word';
}

/** The entry of a target that fits what the register holds. */
function chooseEntry(entries: Entries | undefined, target: Decision, held: Held): number {
  if (entries === undefined) throw new RangeError('A decision leads to one that has no place.');
  if ('action' in target) return entries.unset;
  return { word: entries.unset, mask: entries.loaded, nothing: entries.ready }[findNeed(target, held)];
}
