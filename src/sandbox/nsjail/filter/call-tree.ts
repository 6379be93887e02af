import { type Decision, NUMBER_WORD } from './decisions.ts';

/** Numbers from `first` on that have one decision, except for a few single ones. */
interface Run {
  readonly first: number;
  readonly decision: Decision;
  readonly exceptions: { readonly number: number; readonly decision: Decision }[];
}

/** More would make the way to the last one longer than halving does. */
const MAX_EXCEPTIONS = 4;
const EVERY_BIT = 0xff_ff_ff_ff;

/**
 * Returns the search for the decision of a call's number: halves of the runs, and then single numbers. The numbers
 * that are not given have another decision, those of x32 (from 0x40000000 on) among them.
 */
export function searchCalls(calls: ReadonlyMap<number, Decision>, otherwise: Decision): Decision {
  return halve(listRuns(calls, otherwise));
}

function listRuns(calls: ReadonlyMap<number, Decision>, otherwise: Decision): Run[] {
  const edges = [...new Set([0, ...[...calls.keys()].flatMap((number) => [number, number + 1])])];
  const plain: { first: number; decision: Decision }[] = [];
  for (const first of edges.toSorted((left, right) => left - right)) {
    const decision = calls.get(first) ?? otherwise;
    if (plain.at(-1)?.decision !== decision) plain.push({ first, decision });
  }
  const runs: Run[] = [];
  for (let index = 0; index < plain.length; index += 1) {
    const [{ first, decision } = { first: 0, decision: otherwise }, next] = plain.slice(index);
    const last = runs.at(-1);
    const isSingle = next?.first === first + 1 && next.decision === last?.decision;
    if (last !== undefined && isSingle && last.exceptions.length < MAX_EXCEPTIONS) {
      last.exceptions.push({ number: first, decision });
      // The run goes on after it.
      index += 1;
    } else runs.push({ first, decision, exceptions: [] });
  }
  return runs;
}

function halve(runs: readonly Run[]): Decision {
  const middle = runs.length >> 1;
  const [left, right] = [runs.slice(0, middle), runs.slice(middle)];
  const [run] = right;
  if (run === undefined) throw new RangeError('There is no run of numbers.');
  if (left.length > 0) return { ...ofNumber('atLeast', run.first), yes: halve(right), no: halve(left) };
  return run.exceptions.reduceRight(
    (no, { number, decision }): Decision => ({ ...ofNumber('equal', number), yes: decision, no }),
    run.decision,
  );
}

const ofNumber = <Test extends 'equal' | 'atLeast'>(test: Test, value: number) =>
  ({ test, word: NUMBER_WORD, mask: EVERY_BIT, value }) as const;
