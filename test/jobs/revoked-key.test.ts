import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/paths.ts';
import { startServe, type ServeProcess } from '../support/serve.ts';

const OPERATOR = 'a-key-of-the-operator';

let folder: string;
let serve: ServeProcess;
let file: string;

async function brig(...args: readonly string[]): Promise<string> {
  const program = join(packageRoot, 'src', 'cli', 'main.ts');
  const env = { ...process.env, BRIG_KEYS_FILE: file };
  return (await promisify(execFile)(process.execPath, [program, ...args], { env })).stdout.trim();
}

const submit = (key: string, fields: object): Promise<Response> =>
  fetch(`${serve.url}/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ script: 'import time\ndef main(): time.sleep(2)', ...fields }),
  });

/** Returns how many jobs of all owners are in a state. */
async function count(state: string): Promise<number> {
  const answer = await fetch(`${serve.url}/metrics`, { headers: { authorization: `Bearer ${OPERATOR}` } });
  return Number(new RegExp(`^brig_jobs\\{state="${state}"\\} (\\d+)`, 'm').exec(await answer.text())?.[1]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brig-revoked-'));
  file = join(folder, 'keys.json');
});
afterAll(async () => {
  serve.kill('SIGTERM');
  await serve.ended;
  await rm(folder, { recursive: true });
});

it('a key that is revoked has no jobs that start later, and those of others stay', async () => {
  const ada = await brig('key', 'create', '--name', 'ada', '--scope', 'jobs');
  serve = await startServe({
    BRIG_KEYS_FILE: file,
    BRIG_API_KEYS: `operator=${OPERATOR}`,
    BRIG_RUNTIMES: 'python',
  });
  for (const key of [ada, OPERATOR]) expect((await submit(key, { delay: 3600 })).status).toBe(202);
  expect((await submit(ada, {})).status).toBe(202);
  await expect.poll(() => count('running')).toBe(1);
  await brig('key', 'revoke', 'ada');
  await expect.poll(() => count('cancelled'), { timeout: 5000 }).toBe(1);
  expect(await count('delayed')).toBe(1);
  // What ran already finishes.
  await expect.poll(() => count('done'), { timeout: 10_000 }).toBe(1);
  expect((await submit(ada, {})).status).toBe(401);
});
