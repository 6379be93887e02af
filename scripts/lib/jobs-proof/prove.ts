import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEntry, type NetworkEntry } from '../../../src/core/contract/network/entry.ts';
import { startReceiver } from '../../../src/jobs/webhooks/receiver.test-support.ts';
import { packageRoot } from '../../../src/paths.ts';
import { startRedis } from '../../../test/support/redis.ts';
import { createRandom, type Random } from '../random.ts';
import { openDoors, type Doors } from './doors.ts';
import { createHistory, type Known } from './history.ts';
import { awaitAll, countEnds, countStarts, judge } from './judge.ts';
import { pause, readAll, submitAll, type Load, type ProofOptions } from './load.ts';
import { startCrowd, type Harm } from './workers.ts';

export interface ProofReport {
  readonly complaints: readonly string[];
  readonly acknowledged: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly secondAttempts: number;
  readonly reads: number;
  readonly refusals: number;
  readonly webhooks: number;
  readonly harm: Harm & { readonly doors: number; readonly redis: number };
}

/** Submits jobs while everything is harmed at random, and checks that each has one end. */
export async function proveJobs(options: ProofOptions): Promise<ProofReport> {
  const random = createRandom(options.seed);
  const folder = await mkdtemp(join(tmpdir(), 'brig-proof-'));
  const journal = join(folder, 'starts');
  await using redis = await startRedis();
  // A receiver that fails now and then.
  await using receiver = await startReceiver((_request, response) =>
    response.writeHead(Math.random() < 0.3 ? 500 : 204).end(),
  );
  const { lease } = options;
  const allow = [parseEntry(receiver.entry) as NetworkEntry];
  const doors = await openDoors({ url: redis.url, lease, allow, random });
  const crowd = await startCrowd({
    ...{ size: options.workers, stopFor: lease * 1500, random },
    ...workerCommand(options, redis.url, journal, receiver.entry),
  });
  const history = createHistory();
  const state = { isLoaded: true, reads: 0, refusals: 0, redis: 0 };
  const known = new Map<string, Known>();
  const harming = harm(options, random, state, { crowd, doors, redis });
  try {
    const reading = readAll(doors, known, history, state, random);
    await Promise.all(
      Array.from({ length: 8 }, (_none, index) =>
        submitAll({ options, doors, known, history, state, random, url: receiver.url }, index),
      ),
    );
    options.onProgress?.(`${known.size} jobs are taken`);
    state.isLoaded = false;
    await harming;
    await reading;
    const ends = await awaitAll(doors, known, history, options);
    const starts = options.hasJails ? undefined : countStarts(await readFile(journal, 'utf8'));
    const told = new Set(receiver.received.map(({ headers }) => String(headers['webhook-id'])));
    const complaints = [...history.complaints, ...judge(known, ends, starts, told)];
    return {
      ...{ complaints, acknowledged: known.size, ends: countEnds(ends), reads: state.reads },
      secondAttempts: [...ends.values()].filter(({ attempts }) => attempts > 1).length,
      ...{ refusals: state.refusals, webhooks: told.size },
      harm: { ...crowd.harm, doors: doors.replaced, redis: state.redis },
    };
  } finally {
    state.isLoaded = false;
    await harming.catch(() => undefined);
    await crowd.close();
    await doors.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const run = (...args: string[]): readonly [string, ...string[]] => [process.execPath, ...args];

function workerCommand({ hasJails, lease }: ProofOptions, url: string, journal: string, entry: string) {
  const env = {
    ...process.env,
    BRIG_REDIS_URL: url,
    BRIG_JOB_LEASE: String(lease),
    BRIG_LOG_LEVEL: 'silent',
  };
  return hasJails
    ? {
        command: run(join(packageRoot, 'src/cli/main.ts'), 'worker'),
        env: { ...env, BRIG_WEBHOOKS: entry, BRIG_MAX_WARM_JAILS: '2', BRIG_PREPARE_RUNTIMES: 'off' },
      }
    : { command: run(join(import.meta.dirname, 'toy-worker.ts'), url, journal, String(lease), entry), env };
}

/** Least number of harms in a proof: a fast machine takes all jobs before the first harm is over. */
const LEAST = 4;

/** Harms workers, doors and Redis until the load is over. */
async function harm(
  options: ProofOptions,
  random: Random,
  state: Load,
  parts: {
    readonly crowd: Awaited<ReturnType<typeof startCrowd>>;
    readonly doors: Doors;
    readonly redis: Awaited<ReturnType<typeof startRedis>>;
  },
): Promise<void> {
  for (let count = 1; state.isLoaded || count <= LEAST; count += 1) {
    await pause(options.pause, random);
    await parts.crowd.harmOne();
    if (count % 3 === 0) await parts.doors.replaceOne();
    if (count % 4 !== 2) continue;
    state.redis += 1;
    await parts.redis.restart();
  }
}
