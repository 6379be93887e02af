import { expect, it, vi } from 'vitest';
import type { NetworkEntry } from '../../src/core/contract/network/entry.ts';
import { parseEntry } from '../../src/core/contract/network/entry.ts';
import { createMemoryJobs } from '../../src/jobs/memory-jobs.ts';
import { startReceiver } from '../../src/jobs/webhooks/receiver.test-support.ts';
import { createWebhooks } from '../../src/jobs/webhooks/webhooks.ts';
import { startRedis } from '../support/redis.ts';
import { openJobs, orderOf, outcomeOf } from './hand.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const allow = (entry: string): NetworkEntry[] => [parseEntry(entry) as NetworkEntry];
const within = { timeout: 30_000, interval: 20 };

it('are delivered from memory, once', async () => {
  await using receiver = await startReceiver();
  const jobs = createMemoryJobs({
    ...{
      execute: async () => outcomeOf('a'),
      places: 1,
      mostJobs: 10,
      mostBytes: 1_000_000,
      mostWatchers: 1,
    },
    webhooks: createWebhooks({ allow: allow(receiver.entry), secret }),
    onFault: () => undefined,
  });
  const [job] = await jobs.submit([orderOf('a', { webhook: { url: receiver.url } })]);
  await vi.waitFor(async () => {
    expect(await jobs.get('ada', job?.id ?? '')).toMatchObject({
      webhook: { state: 'delivered', attempts: 1, status: 204 },
    });
  }, within);
  expect(receiver.received).toHaveLength(1);
  await jobs.close();
});

it('survive in Redis, and are tried again by whoever is left until they are taken', async () => {
  await using redis = await startRedis();
  let isReady = false;
  await using receiver = await startReceiver((_request, response) =>
    response.writeHead(isReady ? 200 : 503).end(),
  );
  const webhooks = createWebhooks({ allow: allow(receiver.entry), secret });
  const own = { webhooks, firstWait: 100, execute: async () => outcomeOf('a') };
  let id = '';
  {
    await using first = await openJobs(redis.url, own);
    await vi.waitFor(() => expect(first.link.fault).toBeUndefined(), within);
    const [job] = await first.jobs.submit([orderOf('a', { webhook: { url: receiver.url } })]);
    id = job?.id ?? '';
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(1), within);
    expect(await first.jobs.get('ada', id)).toMatchObject({ state: 'done', webhook: { state: 'pending' } });
  }
  await redis.restart();
  isReady = true;
  await using second = await openJobs(redis.url, { ...own, places: 0 });
  await vi.waitFor(async () => {
    expect(await second.jobs.get('ada', id)).toMatchObject({ webhook: { state: 'delivered', status: 200 } });
  }, within);
  const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
  expect(ids).toEqual(new Set([id]));
});

it('tell of a job that is cancelled, and end where the receiver wants no more', async () => {
  await using redis = await startRedis();
  await using receiver = await startReceiver((_request, response) => response.writeHead(410).end());
  const webhooks = createWebhooks({ allow: allow(receiver.entry), secret });
  await using opened = await openJobs(redis.url, { webhooks, places: 0 });
  const { jobs, link } = opened;
  await vi.waitFor(() => expect(link.fault).toBeUndefined(), within);
  await expect(jobs.submit([orderOf('a', { webhook: { url: 'https://127.0.0.1/' } })])).rejects.toThrow(
    'does not allow',
  );
  const [job] = await jobs.submit([orderOf('a', { webhook: { url: receiver.url } })]);
  await jobs.cancel('ada', job?.id ?? '');
  await vi.waitFor(async () => {
    expect(await jobs.get('ada', job?.id ?? '')).toMatchObject({
      webhook: { state: 'failed', attempts: 1, status: 410 },
    });
  }, within);
  expect(receiver.received[0]?.body).toContain('"type":"job.cancelled"');
});
