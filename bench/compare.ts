import { readMachineCpuMs } from './cpu-time.ts';

/** One of the two things that are compared. */
export interface Side {
  readonly name: string;
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
  readonly runs: number;
  readonly clients: number;
}

/**
 * Measures both sides in turn, round by round, so that what else happens on the machine meets both alike. Which one
 * comes first changes with every round.
 */
export async function compare(sides: { service: Side; bare: Side }, load: Load): Promise<Comparison> {
  const rounds = { service: [] as Round[], bare: [] as Round[] };
  const readOwn = (): number => sides.service.readCpuMs() + sides.bare.readCpuMs();
  const before = { machine: readMachineCpuMs(), own: readOwn(), at: performance.now() };
  for (let round = 0; round < load.rounds; round += 1) {
    const order = ['bare', 'service'] as const;
    for (const name of round % 2 === 0 ? order : order.toReversed())
      rounds[name].push(await runRound(sides[name], load));
  }
  const others = readMachineCpuMs() - before.machine - (readOwn() - before.own);
  const cores = navigator.hardwareConcurrency;
  return { rounds, otherLoad: Math.max(0, others / ((performance.now() - before.at) * cores)) };
}

/** Each client sends its next one when it has its last one's answer. */
async function runRound(side: Side, { runs, clients }: Load): Promise<Round> {
  const latencies: number[] = [];
  let left = runs;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const start = performance.now();
      await side.run();
      latencies.push(performance.now() - start);
    }
  };
  const cpuBefore = side.readCpuMs();
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return { latencies, wallMs: performance.now() - start, cpuMs: side.readCpuMs() - cpuBefore };
}
