import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';
import { startServe, type ServeProcess } from './support/serve.ts';

/** Runs the Postman collection as Postman does; fetched when it is needed, since nothing else needs its 150 packages. */
const newman = 'newman@6.2.2';
const key = 'a-key-of-the-smoke-test';

let folder: string;
let service: ServeProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brig-smoke-'));
  service = await startServe({ BRIG_API_KEYS: key, BRIG_BUILDS: 'wheels' });
});
afterAll(async () => {
  service.kill('SIGTERM');
  await service.ended;
  await rm(folder, { recursive: true });
});

const smoke = async (...args: string[]) =>
  execa(process.execPath, [join(packageRoot, 'scripts', 'lib', 'smoke', 'main.ts'), ...args], {
    reject: false,
  });

it('asks a running service, and finds nothing wrong', { timeout: 120_000 }, async () => {
  const report = join(folder, 'report.json');
  const { stdout, exitCode } = await smoke(service.url, '--key', key, '--report', report);
  expect(stdout).toMatch(/^\d+ ok, \d+ off, 0 failed$/m);
  expect(exitCode).toBe(0);
  const { results } = JSON.parse(await readFile(report, 'utf8')) as {
    results: { verdict: string; route: string; door: string }[];
  };
  expect(results.length).toBeGreaterThan(35);
  expect(results.filter(({ verdict }) => verdict === 'off')).toEqual([]);
});

it('tells what the operator left out from what is wrong', { timeout: 120_000 }, async () => {
  const off = {
    BRIG_JOBS: 'off',
    BRIG_SESSIONS: 'off',
    BRIG_PLAYGROUND: 'off',
    BRIG_METRICS: 'off',
    BRIG_BUILDS: 'off',
  };
  const small = await startServe(off);
  try {
    const { stdout, exitCode } = await smoke(small.url);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^\d+ ok, \d+ off, 0 failed$/m)]);
    for (const route of [
      'GET    /metrics',
      'POST   /jobs',
      'POST   /sessions',
      'GET    /',
      'POST   /environments',
    ])
      expect(stdout).toMatch(new RegExp(`^off    ${route} `, 'm'));
  } finally {
    small.kill('SIGTERM');
    await small.ended;
  }
});

it(
  'says what is wrong with a service that does not answer, or refuses the key',
  { timeout: 120_000 },
  async () => {
    const refused = await smoke(service.url, '--key', 'another');
    expect([refused.exitCode, refused.stdout]).toEqual([
      1,
      expect.stringContaining('status 401 in place of 200'),
    ]);
    const nobody = await smoke('http://127.0.0.1:9');
    expect([nobody.exitCode, nobody.stdout]).toEqual([1, expect.stringContaining('no answer')]);
    const nothing = await smoke('brig');
    expect([nothing.exitCode, nothing.stderr]).toEqual([2, expect.stringContaining('brig is no URL')]);
  },
);

it('passes in Postman', { timeout: 240_000 }, async () => {
  const collection = join(packageRoot, 'deploy', 'postman.json');
  const variables = [`base_url=${service.url}`, `key=${key}`].flatMap((one) => ['--env-var', one]);
  const { all, exitCode } = await execa(
    'npm',
    [
      'exec',
      '--yes',
      '--ignore-scripts',
      '--package',
      newman,
      '--',
      'newman',
      'run',
      collection,
      ...variables,
    ],
    { cwd: folder, reject: false, all: true },
  );
  expect([exitCode, exitCode === 0 ? '' : all]).toEqual([0, '']);
});
