import { expect, it } from 'vitest';
import { installSchemathesis, runSchemathesis } from './support/schemathesis.ts';
import { startService } from './support/service.ts';

/* Tests every operation of the document against the service, with generated cases. */

it('nothing that schemathesis sends makes the service break its contract', { timeout: 240_000 }, async () => {
  await installSchemathesis();
  const service = await startService({
    BRIG_DEFAULT_TIMEOUT: '1',
    BRIG_MAX_TIMEOUT: '2',
    BRIG_MAX_WAITING: '1000',
  });
  const { ok, report } = await runSchemathesis(service.url, { maxExamples: 40, seed: 7, maxTime: 60 });
  await service.close();
  expect(ok, report).toBe(true);
  expect(report).toMatch(/Tested: (\d+)\n/);
  expect(service.incidents).toEqual([]);
});
