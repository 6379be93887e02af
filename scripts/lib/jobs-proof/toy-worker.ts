import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../../../src/core/contract/outcome.ts';
import { Refusal } from '../../../src/core/contract/refusal.ts';
import type { Executor } from '../../../src/executor/executor.ts';
import { openRedisJobs } from '../../../src/jobs/redis/redis-jobs.ts';
import { createWebhooks } from '../../../src/jobs/webhooks/webhooks.ts';
import { parseEntry } from '../../../src/core/contract/network/entry.ts';
import { openRedis } from '../../../src/redis/open-redis.ts';

/*
 * A worker without jails, for the proof: each start of a script is a line in a journal before anything else happens, so
 * that none is missed, however the process ends.
 */

const [url = '', journal = '', lease = '', receiver = ''] = process.argv.slice(2);

const closing = new AbortController();
const execute: Executor['execute'] = async (plan, options) => {
  appendFileSync(journal, `${plan.id}\n`);
  options?.onStart?.({ id: plan.id ?? '', timings: { analysis: 0, queue: 0, jail: 0 } });
  await options?.onOutput?.('stdout', Buffer.from('begun\n'));
  const signals = [closing.signal, ...(options?.signal === undefined ? [] : [options.signal])];
  await sleep(Math.random() * 150, undefined, { signal: AbortSignal.any(signals) }).catch(() => {
    options?.signal?.throwIfAborted();
    throw new Refusal('overloaded', 'The service is shutting down.');
  });
  return {
    ...{ success: true, result: JSON.stringify(plan.id), stdout: 'begun\n', stderr: '', return_code: 0 },
    // Two runs of one job would have two outcomes.
    ...{ execution: { id: `${process.pid} ${Math.random()}` }, files: [] },
  } as unknown as Outcome;
};

const entry = parseEntry(receiver);
const link = await openRedis(url, () => undefined);
const jobs = await openRedisJobs({
  ...{
    link,
    execute,
    places: 4,
    mostJobs: 100_000,
    mostBytes: 2 ** 30,
    mostWatchers: 10,
    lease: Number(lease),
  },
  webhooks: createWebhooks({ allow: typeof entry === 'string' ? [] : [entry], secret: undefined }),
  firstWait: 100,
  onFault: (id, error) => console.error(`job ${id}:`, error),
});
process.on('SIGTERM', () => {
  closing.abort();
  void jobs.close().then(() => process.exit(0));
});
process.stdout.write('ready\n');
