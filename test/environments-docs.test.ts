import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildErrors, buildRequestSchema } from '../src/core/contract/environment.ts';
import { readBlocks, readTable } from './support/markdown.ts';
import { expectExchange, findExchanges } from './support/pages.ts';
import { startService, type TestService } from './support/service.ts';

const page = 'docs/environments.md';

/** Names in the first column of the tables below a heading. */
const words = (heading: string): string[] =>
  readTable(page, heading).flatMap(([cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word),
  );

/** The examples of this page build a package of the index, as a reader would. */
describe('the page of environments', { timeout: 240_000 }, () => {
  let root: string;
  let service: TestService;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'environments-docs-'));
    await chmod(root, 0o755);
    service = await startService({ BRIG_STATE_DIR: root, BRIG_BUILDS: 'wheels' });
  });
  afterAll(async () => {
    await service.close();
    await rm(root, { recursive: true });
  });

  it('shows the answers to its curls', async () => {
    for (const exchange of findExchanges(readBlocks(page))) {
      await expectExchange(exchange, service.url);
      for (const name of ['reports', 'web']) await service.service.environments.latestBuild(name)?.done;
    }
  });

  it('has a row for each field of a build, and for each way it can fail', () => {
    const fields = Object.keys(buildRequestSchema.shape);
    expect(words('Build one').toSorted()).toEqual(fields.toSorted());
    expect(words('Where builds run')).toEqual(expect.arrayContaining([...buildErrors]));
  });
});
