import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';
import { expectNothingLeft, readHostState, type HostState } from './support/host-state.ts';
import { startService, type TestService } from './support/service.ts';

const script = readFileSync(join(packageRoot, 'test/siblings/sibling.py'), 'utf8');

describe.each(['template', 'nursery'])('executions by %s at the same time', (isolation) => {
  let before: HostState;
  let service: TestService;
  beforeAll(async () => {
    before = readHostState();
    service = await startService({
      BRIG_ISOLATION: isolation,
      BRIG_MAX_WARM_JAILS: '1',
      BRIG_MAX_CONCURRENT: '8',
    });
  });
  afterAll(async () => {
    await service.close();
    await expectNothingLeft(before);
  });

  it.each([2, 8])('%i of them attack each other and what made them, and find nothing', async (many) => {
    const answers = await Promise.all(
      Array.from({ length: many }, (_, index) =>
        service.execute({
          script,
          args: [index, `SIBLING-${randomUUID().replaceAll('-', '')}`, 4],
          limits: { timeout: 60, cpu_time: 60 },
        }),
      ),
    );
    for (const { body } of answers) {
      expect(body.success, body.traceback ?? body.message).toBe(true);
      expect(body.execution.isolation).toBe(isolation);
      expect(body.result).toMatchObject({ found: [] });
    }
    // What made them still makes others, and these have nothing of the names.
    const name = `SIBLING-${randomUUID().replaceAll('-', '')}`;
    const { body } = await service.execute({ script, args: [0, name, 0], limits: { timeout: 60 } });
    expect(body.result).toMatchObject({ found: [] });
  });
});
