import type { LoadName } from './cases.ts';
import type { Load } from './compare.ts';

/** Amounts of a measurement. */
export interface Amounts {
  readonly loads: {
    readonly [K in 'warm' | 'cold']: (isTrivial: boolean, load: LoadName, works: number) => Load;
  };
  /** Runs of each side that are not counted. */
  readonly warmUp: number;
  /** Load of each case of another runtime. */
  readonly runtimes: Load;
  readonly overloadSeconds: number;
  /** For each kind of large request, and for none. */
  readonly eventLoopSeconds: number;
  /** Executions between the two readings of the memory at rest. */
  readonly executionsBeforeRest: number;
}

/** Five requests a second. */
const PACE_MS = 200;
/** Time for a jail to be made that waits with its runtime started. */
const RUNTIME_PACE_MS = 200;
/** For one case under one load: what the most exact figure, trivial and paced, may take, and what any other. */
const MOST_MS = { target: 60_000, others: 15_000 };

/** Rounds and runs per round by the number of clients; 0 is paced. */
type Plan = Readonly<Record<'paced' | 1 | 8 | 64, readonly [rounds: number, runs: number]>>;

const planned =
  (trivial: Plan, others: Plan) =>
  (isTrivial: boolean, load: LoadName, works: number): Load => {
    const [rounds, runs] = (isTrivial ? trivial : others)[load];
    // Each round does each of a case's works equally often.
    const whole = Math.ceil(runs / works) * works;
    const mostMs = isTrivial && load === 'paced' ? MOST_MS.target : MOST_MS.others;
    return load === 'paced'
      ? { rounds, runs: whole, clients: 1, everyMs: PACE_MS, mostMs }
      : { rounds, runs: whole, clients: load, mostMs };
  };

const full: Amounts = {
  loads: {
    warm: planned(
      { paced: [4, 35], 1: [5, 50], 8: [5, 160], 64: [3, 128] },
      { paced: [4, 8], 1: [3, 20], 8: [3, 24], 64: [2, 96] },
    ),
    cold: planned(
      { paced: [3, 12], 1: [4, 40], 8: [4, 120], 64: [3, 128] },
      { paced: [3, 5], 1: [3, 20], 8: [3, 24], 64: [2, 96] },
    ),
  },
  warmUp: 4,
  runtimes: { rounds: 2, runs: 6, clients: 1, everyMs: RUNTIME_PACE_MS, mostMs: MOST_MS.others },
  overloadSeconds: 30,
  eventLoopSeconds: 8,
  executionsBeforeRest: 600,
};

const quickLoads = planned(
  { paced: [2, 5], 1: [2, 10], 8: [2, 24], 64: [1, 64] },
  { paced: [1, 3], 1: [1, 5], 8: [1, 8], 64: [1, 64] },
);
const quick: Amounts = {
  loads: { warm: quickLoads, cold: quickLoads },
  warmUp: 2,
  runtimes: { rounds: 1, runs: 3, clients: 1, everyMs: RUNTIME_PACE_MS, mostMs: MOST_MS.others },
  overloadSeconds: 4,
  eventLoopSeconds: 2,
  executionsBeforeRest: 100,
};

export const amounts = { full, quick };
