import { trivialRequest } from './cases.ts';
import { createServiceMeter } from './cpu-time.ts';
import { createExecuteClient } from './execute-client.ts';
import { startServiceProcess } from './service-process.ts';
import { median, sum } from './statistics.ts';

/*
 * Measures the cost of metrics and logs: two services, one with both and one with neither, run trivial scripts in turn.
 *
 *     node bench/observed.ts [ROUNDS]
 */

const PER_ROUND = 40;

/** CPU milliseconds of an execution, all of the service's processes together. */
interface Cost {
  readonly observed: number;
  readonly blind: number;
}

/** Runs the same number of executions with each service in turn; gives the CPU time of each round. */
async function measureObserved(env: NodeJS.ProcessEnv, rounds: number): Promise<readonly Cost[]> {
  await using observed = await startServiceProcess(env);
  await using blind = await startServiceProcess({ ...env, BRIG_METRICS: 'off', BRIG_LOG_LEVEL: 'silent' });
  const sides = [observed, blind].map(({ url, pid }) => ({
    client: createExecuteClient(url, 1),
    read: createServiceMeter(pid),
  }));
  const runRound = async ({ client, read }: (typeof sides)[number]): Promise<number> => {
    const before = sum(Object.values(read()));
    for (let count = 0; count < PER_ROUND; count += 1) await client.run(trivialRequest);
    return (sum(Object.values(read())) - before) / PER_ROUND;
  };
  const costs: Cost[] = [];
  for (let round = -2; round < rounds; round += 1) {
    // Each goes first as often as the other.
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    const cost = [0, 0];
    for (const side of order) {
      const one = sides[side];
      if (one !== undefined) cost[side] = await runRound(one);
    }
    // The first ones warm up.
    if (round >= 0) costs.push({ observed: cost[0] ?? 0, blind: cost[1] ?? 0 });
  }
  for (const { client } of sides) client[Symbol.dispose]();
  return costs;
}

if (import.meta.main) {
  const rounds = Number(process.argv[2] ?? 20);
  const costs = await measureObserved(process.env, rounds);
  const [observed, blind] = [median(costs.map((one) => one.observed)), median(costs.map((one) => one.blind))];
  const share = (observed / blind - 1) * 100;
  process.stdout.write(
    `CPU of an execution over ${costs.length} rounds of ${PER_ROUND}: ${observed.toFixed(2)} ms with metrics and logs, ${blind.toFixed(2)} ms without; ${share.toFixed(1)} % more\n`,
  );
}
