import { describe, expect, it } from 'vitest';
import { createTestApp, noEnvironments } from '../app.test-support.ts';

function createWith(pruned: number[]) {
  const environments: typeof noEnvironments = {
    ...noEnvironments,
    prune: async (seconds) => {
      pruned.push(seconds);
      return [];
    },
    as: () => environments,
  };
  return createTestApp({ environments: { environments, builds: 'all' } });
}

describe('environments that nobody used', () => {
  it.each([
    '',
    '?unused_days=',
    '?unused_days=%20',
    '?unused_days=0x0',
    '?unused_days=-1',
    '?unused_days=1e1',
  ])('stay where it is not said for how long: %j', async (query) => {
    const pruned: number[] = [];
    const response = await createWith(pruned).request(`/environments${query}`, { method: 'DELETE' });
    expect([response.status, pruned]).toEqual([400, []]);
  });

  it('go after so many days, or parts of them', async () => {
    const pruned: number[] = [];
    for (const days of ['0', '0.5', '7'])
      await createWith(pruned).request(`/environments?unused_days=${days}`, { method: 'DELETE' });
    expect(pruned).toEqual([0, 43_200, 604_800]);
  });
});

it('lets no caller choose a name that the service gives', async () => {
  const response = await createWith([]).request('/environments', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: `prebuilt-spec-${'0f'.repeat(16)}`, packages: ['six'] }),
  });
  expect([response.status, await response.json()]).toMatchObject([403, { error: 'forbidden' }]);
});
