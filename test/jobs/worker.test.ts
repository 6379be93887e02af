import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { packageRoot } from '../../src/paths.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { findMarked, startWorker, waiting, type ServeProcess } from '../support/serve.ts';
import { send, startService, type TestService } from '../support/service.ts';

interface JobBody {
  readonly id: string;
  readonly state: string;
  readonly durable: boolean;
  readonly attempts: number;
  readonly outcome?: { readonly success: boolean; readonly result?: unknown; readonly error?: string };
}

let redis: TestRedis;
let door: TestService;
const workers: ServeProcess[] = [];
const own = () => ({ BRIG_REDIS_URL: redis.url, BRIG_JOB_LEASE: '2' });

beforeAll(async () => {
  redis = await startRedis();
  door = await startService({ ...own(), BRIG_JOB_PLACES: '0' });
});
beforeEach(async () => {
  for (const worker of workers.splice(0)) {
    worker.kill('SIGKILL');
    await worker.ended;
  }
});
afterAll(async () => {
  for (const worker of workers) {
    worker.kill('SIGKILL');
    await worker.ended;
  }
  await door.close();
  await redis[Symbol.asyncDispose]();
});

const start = async (overrides: Record<string, string> = {}): Promise<ServeProcess> => {
  const worker = await startWorker({ ...own(), ...overrides });
  workers.push(worker);
  return worker;
};
const ask = async (
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: JobBody }> => {
  const answer = await send(`${door.url}${path}`, body === undefined ? undefined : JSON.stringify(body), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
  });
  return { status: answer.status, body: answer.body as unknown as JobBody };
};
const submit = async (body: object): Promise<string> => {
  const taken = await ask('/jobs', body);
  expect(taken.status).toBe(202);
  return taken.body.id;
};
const end = async (id: string): Promise<JobBody> => (await ask(`/jobs/${id}?wait=40`)).body;
const runs = (marker: string): Promise<void> =>
  vi.waitFor(
    () => {
      if (findMarked(marker).length === 0) throw new Error('it does not run');
    },
    { timeout: 40_000 },
  );

describe('brig worker', () => {
  it('runs the jobs of a service, with files and digits as they came', async () => {
    await start();
    const id = await submit({
      script: 'def main(n):\n    print(open("a.bin", "rb").read())\n    return [n, "\\ud800é"]',
      args: [1],
      files: [{ path: 'a.bin', content: '/wD+', encoding: 'base64' }],
    });
    expect(await end(id)).toMatchObject({
      ...{ state: 'done', durable: true, attempts: 1 },
      outcome: { success: true, stdout: "b'\\xff\\x00\\xfe'\n" },
    });
  });

  it('finishes what runs when it is told to end, and leaves what waits to others', async () => {
    const first = await start({ BRIG_JOB_PLACES: '1' });
    const running = await submit({ script: waiting('ending', 2) });
    await runs('ending');
    const queued = await submit({ script: 'def main(): return 2' });
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(await end(running)).toMatchObject({ state: 'done', attempts: 1, outcome: { result: 'done' } });
    expect((await ask(`/jobs/${queued}`)).body).toMatchObject({ state: 'queued', attempts: 0 });
    await start();
    expect(await end(queued)).toMatchObject({ state: 'done', outcome: { result: 2 } });
  });

  it('hands back what its deadline does not let it finish', async () => {
    const first = await start({ BRIG_SHUTDOWN_GRACE: '1' });
    const id = await submit({ script: waiting('handed', 3) });
    await runs('handed');
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    await start();
    expect(await end(id)).toMatchObject({ state: 'done', attempts: 2 });
  });

  it('leaves its jobs to others when it is killed', async () => {
    const first = await start();
    const twice = await submit({ script: waiting('twice', 3) });
    const once = await submit({ script: waiting('once', 3), at_most_once: true });
    await runs('twice');
    await runs('once');
    first.kill('SIGKILL');
    await start();
    expect(await end(once)).toMatchObject({ state: 'lost', attempts: 1, outcome: { error: 'lost' } });
    expect(await end(twice)).toMatchObject({ state: 'done', attempts: 2, outcome: { result: 'done' } });
  });

  it('says whether it can work, and nothing else over HTTP', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/live`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('brig_jobs{state="done"}');
    expect((await fetch(`${url}/execute`, { method: 'POST', body: '{}' })).status).toBe(404);
    await redis.kill();
    await vi.waitFor(async () => {
      const answer = await fetch(`${url}/health`);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ reason: 'Redis cannot be reached.' });
    });
    const { status, body } = await ask('/jobs', { script: 'def main(): pass' });
    expect(status).toBe(503);
    const page = readFileSync(join(packageRoot, 'docs/errors/unavailable.md'), 'utf8');
    const shown = /```json\n(?<json>.*?)```/s.exec(page)?.groups?.['json'] ?? '';
    const { message, error } = JSON.parse(shown) as { readonly message: string; readonly error: string };
    expect(body).toMatchObject({ error, message, retryable: true });
    const health = (await ask('/health')) as { readonly status: number; readonly body: unknown };
    expect(health).toMatchObject({
      status: 200,
      body: {
        warnings: expect.arrayContaining(['Jobs are not available: Redis cannot be reached.']) as unknown,
      },
    });
    expect((await door.execute({ script: 'def main(): return 1' })).body.result).toBe(1);
    await redis.start();
  });

  it.each<Record<string, string>>([
    { BRIG_REDIS_URL: '' },
    { BRIG_JOB_PLACES: '0' },
    { BRIG_REDIS_URL: 'http://127.0.0.1' },
  ])('does not start with %j', async (overrides) => {
    await expect(startWorker({ ...own(), ...overrides })).rejects.toThrow('ended with 78');
  });
});
