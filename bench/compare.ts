import { readMachineCpuMs } from './cpu-time.ts';
import { pause } from './pause.ts';

/** One of the two things that are compared. */
export interface Side {
  /** CPU milliseconds so far, of the process that starts this side's jails and of the jails. */
  readonly readCpuMs: () => number;
  run(): Promise<unknown>;
}

export interface Round {
  /** Milliseconds of each run. */
  readonly latencies: readonly number[];
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface Comparison {
  readonly rounds: { readonly service: readonly Round[]; readonly bare: readonly Round[] };
  /** Share of the machine (0 to 1) that neither side nor this program used: other programs, kernel threads, thieves. */
  readonly otherLoad: number;
}

export interface Load {
  readonly rounds: number;
  /** Runs of each side in each round. */
  readonly runs: number;
  readonly clients: number;
  /** Milliseconds from the start of one client's run to that of its next; without it the next one follows at once. */
  readonly everyMs?: number;
  /** Milliseconds after which no further round begins: a busy machine makes the run less exact, not endless. */
  readonly mostMs: number;
}

/** Pause after each turn, in which a side finishes its work (such as filling its pool) outside the other's turn. */
const SETTLE_MS = 150;

/**
 * Measures both sides in turn, round by round, so that what else happens on the machine meets both alike. Which one
 * comes first changes with every round.
 * @throws what a side throws; the signal's reason where it aborts.
 */
export async function compare(
  sides: { service: Side; bare: Side },
  load: Load,
  signal: AbortSignal,
): Promise<Comparison> {
  const rounds = { service: [] as Round[], bare: [] as Round[] };
  const readOwn = (): number => sides.service.readCpuMs() + sides.bare.readCpuMs();
  const before = { machine: readMachineCpuMs(), own: readOwn(), at: performance.now() };
  for (let round = 0; round < load.rounds; round += 1) {
    if (round > 0 && performance.now() - before.at > load.mostMs) break;
    const order = ['bare', 'service'] as const;
    for (const name of round % 2 === 0 ? order : order.toReversed())
      rounds[name].push(await runRound(sides[name], load, signal));
  }
  const others = readMachineCpuMs() - before.machine - (readOwn() - before.own);
  const cores = navigator.hardwareConcurrency;
  return { rounds, otherLoad: Math.max(0, others / ((performance.now() - before.at) * cores)) };
}

/** Each client starts its next run when it has its last one's answer and, where the load is paced, its time has come. */
async function runRound(
  side: Side,
  { runs, clients, everyMs = 0 }: Load,
  signal: AbortSignal,
): Promise<Round> {
  const latencies: number[] = [];
  let left = runs;
  const client = async (): Promise<void> => {
    while (left > 0) {
      signal.throwIfAborted();
      left -= 1;
      const start = performance.now();
      await side.run();
      const latency = performance.now() - start;
      latencies.push(latency);
      if (latency < everyMs) await pause(everyMs - latency, signal);
    }
  };
  const cpuBefore = side.readCpuMs();
  const start = performance.now();
  try {
    await Promise.all(Array.from({ length: clients }, client));
  } finally {
    // A failure of one client stops the others.
    left = 0;
  }
  const wallMs = performance.now() - start;
  await pause(SETTLE_MS, signal);
  return { latencies, wallMs, cpuMs: side.readCpuMs() - cpuBefore };
}
