import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../src/core/contract/outcome.ts';
import { Refusal } from '../../src/core/contract/refusal.ts';
import { createSharedBudget } from '../../src/generate/shared-budget.ts';
import { createSharedRunOnce } from '../../src/http/run-once-shared.ts';
import { createRates } from '../../src/keys/rates.ts';
import type { ApiKey } from '../../src/keys/key-set.ts';
import { openRedis, type RedisLink } from '../../src/redis/open-redis.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startService } from '../support/service.ts';
import { outcomeOf } from './hand.ts';

let redis: TestRedis;
const links: RedisLink[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const link of links.splice(0)) link.close();
  await redis.command('FLUSHALL');
});

const open = async (): Promise<RedisLink> => {
  const link = await openRedis(redis.url, () => undefined);
  links.push(link);
  await vi.waitFor(() => expect(link.fault).toBeUndefined(), { timeout: 20_000 });
  return link;
};
const never = new AbortController().signal;
const claim = { queueKey: 'ada', key: 'k', digest: 'd' };
const category = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'done',
    (error: unknown) => (error instanceof Refusal ? error.category : 'a fault'),
  );

const refuse = (error: Refusal) => async (): Promise<Outcome> => {
  throw error;
};
const hang = (): Promise<Outcome> => new Promise(() => undefined);

describe('idempotency keys in Redis', () => {
  it('run once among services, and after a restart', async () => {
    const [one, two] = [createSharedRunOnce(await open()), createSharedRunOnce(await open())];
    const end = Promise.withResolvers<Outcome>();
    let starts = 0;
    const start = (): Promise<Outcome> => {
      starts += 1;
      return end.promise;
    };
    const first = one.run(claim, never, start);
    await vi.waitFor(() => expect(starts).toBe(1));
    const second = two.run(claim, never, start);
    expect(await category(two.run({ ...claim, key: 'other' }, never, async () => outcomeOf('b')))).toBe(
      'done',
    );
    end.resolve(outcomeOf('a'));
    expect(await first).toMatchObject({ isReplay: false, outcome: { stdout: 'a' } });
    expect(await second).toMatchObject({ isReplay: true, outcome: { stdout: 'a' } });
    expect(
      await category(createSharedRunOnce(await open()).run({ ...claim, digest: 'e' }, never, start)),
    ).toBe('invalid_input');
    const later = await createSharedRunOnce(await open()).run(claim, never, start);
    expect(later).toMatchObject({ isReplay: true, outcome: { stdout: 'a' } });
    expect(starts).toBe(1);
  });

  it('remember a refusal for good, and forget one that passes', async () => {
    const [one, two] = [createSharedRunOnce(await open()), createSharedRunOnce(await open())];
    await category(one.run(claim, never, refuse(new Refusal('overloaded', 'full'))));
    expect(await category(two.run(claim, never, refuse(new Refusal('forbidden', 'no', { kind: 'a' }))))).toBe(
      'forbidden',
    );
    const again = one.run(claim, never, async () => outcomeOf('a'));
    await expect(again).rejects.toMatchObject({ category: 'forbidden', message: 'no', kind: 'a' });
  });

  it('are free again when all callers left, or their service died', async () => {
    const lost = await open();
    const dead = createSharedRunOnce(lost, 300);
    void dead.run(claim, never, hang).catch(() => undefined);
    const left = new AbortController();
    const one = createSharedRunOnce(await open(), 300);
    const waiting = one.run(claim, left.signal, hang);
    await new Promise((resolve) => setTimeout(resolve, 400));
    left.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    lost.close();
    expect((await one.run(claim, never, async () => outcomeOf('b'))).outcome.stdout).toBe('b');
  });

  it('are refused while Redis is away', async () => {
    const link = await open();
    await redis.kill();
    await vi.waitFor(() => expect(link.fault).toBeDefined());
    expect(await category(createSharedRunOnce(link).run(claim, never, async () => outcomeOf('a')))).toBe(
      'unavailable',
    );
    await redis.start();
  });

  it('hold for two services with jails', async () => {
    const own = { BRIG_REDIS_URL: redis.url, BRIG_JOBS: 'off' };
    const [one, two] = [await startService(own), await startService(own)];
    const ready = (service: typeof one) => service.service.shared?.fault === undefined;
    await vi.waitFor(() => expect(ready(one) && ready(two)).toBe(true));
    const request = { script: 'import os\ndef main(): return os.urandom(8).hex()' };
    const options = { headers: { 'idempotency-key': 'both' } };
    const first = await one.execute(request, options);
    const second = await two.execute(request, options);
    expect(second.text).toBe(first.text);
    expect(second.headers['idempotent-replayed']).toBe('true');
    await Promise.all([one.close(), two.close()]);
  });
});

describe('the calls of a model in Redis', () => {
  it('are those of all services, and of each key', async () => {
    const [one, two] = [createSharedBudget(await open(), 4, 0.5), createSharedBudget(await open(), 4, 0.5)];
    await one.take('ada');
    await two.take('ada');
    await expect(one.take('ada')).rejects.toThrow("Your share of the day's calls of the model, 2,");
    await two.take('bob');
    await two.take();
    const refused = two.take('bob');
    await expect(refused).rejects.toThrow("The day's calls of the model are used up.");
    await refused.catch((error: Refusal) => {
      expect(error.retryAfter).toBeGreaterThan(0);
      expect(error.retryAfter).toBeLessThanOrEqual(86_400);
    });
    await createSharedBudget(await open(), 0, 0.5).take();
  });

  it('are not made while Redis is away', async () => {
    const link = await open();
    const budget = createSharedBudget(link, 4, 1);
    await redis.kill();
    expect(await category(budget.take())).toBe('unavailable');
    await redis.start();
  });
});

describe('rates in Redis', () => {
  const key = { name: 'ada', rate: { requests: 3, seconds: 60 } } as ApiKey;

  it('count for all services, and go on alone while it is away', async () => {
    const link = await open();
    const connections = [link.connect('hasty'), link.connect('hasty')];
    await vi.waitFor(() => expect(connections.every(({ status }) => status === 'ready')).toBe(true));
    const [one, two] = await Promise.all(connections.map((connection) => createRates(connection)));
    if (one === undefined || two === undefined) throw new Error('no rates');
    expect(await one.consume(key)).toMatchObject({ isOver: false, remaining: 2 });
    expect(await two.consume(key)).toMatchObject({ isOver: false, remaining: 1 });
    expect(await one.consume(key)).toMatchObject({ isOver: false, remaining: 0 });
    expect(await two.consume(key)).toMatchObject({ isOver: true });
    await redis.kill();
    expect(await two.consume(key)).toMatchObject({ isOver: false, remaining: 2 });
    expect(await two.consume(key)).toMatchObject({ isOver: false, remaining: 1 });
    await redis.start();
  });
});
