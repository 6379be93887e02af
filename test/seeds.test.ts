import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';
import { bringSeeds, runSeed, type Seeds } from './support/seeds.ts';
import { startServe, type ServeProcess } from './support/serve.ts';

/** Tests of theirs that fail on purpose, as docs/moving-from-quartermaster.md says. */
const differences = [
  // Its image has the folder /app.
  'TestSecurity::test_filesystem_readonly',
  // A jail has no /sys.
  'TestSecurity::test_network_allowed_by_default',
  'TestSecurity::test_network_disabled',
];

let seeds: Seeds | undefined;
beforeAll(async () => {
  seeds = await bringSeeds();
}, 240_000);
afterAll(() => seeds?.[Symbol.asyncDispose]());

const run = (name: 'cantation' | 'quartermaster', env: Readonly<Record<string, string>>) => {
  if (seeds === undefined) throw new Error('There are no tests of other systems.');
  return runSeed(seeds, seeds[name], env);
};
const countPassed = (outcomes: ReadonlyMap<string, string>): number =>
  [...outcomes.values()].filter((outcome) => outcome === 'PASSED').length;
const listOthers = (outcomes: ReadonlyMap<string, string>): string[] =>
  [...outcomes].filter(([, outcome]) => outcome !== 'PASSED').map(([name]) => name);

const command = `${process.execPath} ${join(packageRoot, 'src', 'cli', 'main.ts')} cantation`;

describe("Code Cantation's own tests", () => {
  it('pass on the command line', { timeout: 240_000 }, async () => {
    const outcomes = await run('cantation', { SEED_COMMAND: command });
    expect([countPassed(outcomes), listOthers(outcomes)]).toEqual([15, []]);
  });

  it('pass over HTTP, but for those that want folders of the machine', { timeout: 240_000 }, async () => {
    const service = await startServe();
    try {
      const env = { SEED_COMMAND: command, SEED_DOOR: `${service.url}/dialects/code-cantation` };
      const outcomes = await run('cantation', env);
      expect(outcomes.size).toBe(15);
      expect(listOthers(outcomes).filter((name) => !name.includes('allowed_root'))).toEqual([]);
    } finally {
      service.kill('SIGTERM');
      await service.ended;
    }
  });
});

describe("Quartermaster Code Runner's own tests", () => {
  let service: ServeProcess;
  beforeAll(async () => {
    service = await startServe({
      BRIG_API_KEYS: 'test-secret-key-1,test-secret-key-2',
      BRIG_BUILDS: 'all',
    });
  });
  afterAll(async () => {
    service.kill('SIGTERM');
    await service.ended;
  });

  it('pass, but for differences that its page lists', { timeout: 600_000 }, async () => {
    const env = { SEED_DOOR: `${service.url}/dialects/quartermaster` };
    const outcomes = await run('quartermaster', env);
    expect(outcomes.size).toBe(45);
    expect(listOthers(outcomes).toSorted()).toEqual(differences.toSorted());
  });
});
