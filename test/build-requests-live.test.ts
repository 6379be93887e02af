import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServe, type ServeProcess } from './support/serve.ts';

/** Far longer than any answer takes, far shorter than a pattern that goes back. */
const BOUND_MS = 5000;
const KIB = 1024;

const integrity = `sha512-${'a'.repeat(86)}==`;
const lockOf = (fields: object): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { x: '1' } },
      'node_modules/x': { version: '1.0.0', integrity, ...fields },
    },
  });

const texts: readonly [string, (length: number) => Record<string, unknown>][] = [
  ['blanks in requirements', (length) => ({ requirements: `six${' '.repeat(length)}x` })],
  ['blanks before hashes', (length) => ({ lock: `six==1 ${' '.repeat(length)}--hash` })],
  ['lines of requirements', (length) => ({ requirements: 'a\n'.repeat(length / 2) })],
  ['a version', (length) => ({ requirements: `six==${'1.'.repeat(length / 2)}` })],
  ['lines that go on', (length) => ({ requirements: '\\\n'.repeat(length / 2) })],
  ['many packages', (length) => ({ packages: Array.from({ length: length / 8 }, () => 'six>1') })],
  ['one package', (length) => ({ packages: [`six[${'a,'.repeat(length / 2)}`] })],
  [
    'an address in a lock',
    (length) => ({ runtime: 'node', lock: lockOf({ resolved: `http://x${'/-/'.repeat(length / 3)}` }) }),
  ],
  ['a hash in a lock', (length) => ({ runtime: 'node', lock: lockOf({ integrity: 'a'.repeat(length) }) })],
  [
    'a place in a lock',
    (length) => ({
      runtime: 'node',
      lock: `{"lockfileVersion": 3, "packages": {"": {}, "${'node_modules/a/'.repeat(length / 15)}": {}}}`,
    }),
  ],
  ['brackets in a lock', (length) => ({ runtime: 'node', lock: '['.repeat(length) })],
  ['a range', (length) => ({ runtime: 'node', packages: [`x@${'1 '.repeat(length / 2)}`] })],
  [
    'a package.json',
    (length) => ({ runtime: 'node', requirements: `{"dependencies": {"x": "${'^1 '.repeat(length / 3)}"}}` }),
  ],
  ['a name', (length) => ({ name: 'a'.repeat(length), packages: ['six'] })],
  ['a module', (length) => ({ packages: ['six'], preload: ['a.'.repeat(length / 2)] })],
  ['an unknown field', (length) => ({ ['package'.repeat(length / 7)]: 1 })],
];

describe('requests for builds, at their worst', { timeout: 240_000 }, () => {
  let service: ServeProcess;
  beforeAll(async () => {
    service = await startServe({ BRIG_BUILDS: 'wheels' });
  });
  afterAll(async () => {
    service.kill('SIGTERM');
    await service.ended;
  });

  const post = async (path: string, body: unknown): Promise<number> => {
    const response = await fetch(`${service.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(BOUND_MS),
    });
    await response.arrayBuffer();
    return response.status;
  };
  const isLive = async (): Promise<boolean> =>
    (await fetch(`${service.url}/live`, { signal: AbortSignal.timeout(BOUND_MS) })).ok;

  it.each(texts)('hold nothing up: %s', async (_what, make) => {
    for (const length of [100 * KIB, 500 * KIB, 10 * KIB * KIB]) {
      const body = { name: 'x', ...make(length) };
      const answers = Promise.all([
        post('/environments', body),
        post('/dialects/quartermaster/prebuild', { tag: 'x', setup_script: 'true', ...body }),
      ]);
      const ended = answers.then(() => true);
      let isOver = false;
      while (!isOver) {
        expect(await isLive()).toBe(true);
        isOver = await Promise.race([ended, sleep(1).then(() => false)]);
      }
      const [status] = await answers;
      expect([400, 413]).toContain(status);
    }
  });
});
