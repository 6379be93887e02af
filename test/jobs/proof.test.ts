import { expect, it } from 'vitest';
import { proveJobs } from '../../scripts/lib/jobs-proof/prove.ts';

it('every job has one outcome while workers, services and Redis are killed', async () => {
  const { complaints, acknowledged, ends, webhooks, harm } = await proveJobs({
    ...{ jobs: 600, workers: 3, seed: 7, hasJails: false, lease: 1, pause: 700 },
  });
  expect(complaints).toEqual([]);
  expect(acknowledged).toBe(600);
  expect(Object.values(ends).reduce((sum, count) => sum + count, 0)).toBe(600);
  expect(webhooks).toBeGreaterThan(0);
  expect(harm.kills).toBeGreaterThan(0);
  expect(harm.redis).toBeGreaterThan(0);
}, 280_000);
