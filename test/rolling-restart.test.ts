import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServe, type ServeProcess } from './support/serve.ts';

const haproxy = '/usr/sbin/haproxy';
const CLIENTS = 4;

let folder: string;
beforeAll(async () => {
  if (!existsSync(haproxy))
    throw new Error('This test needs HAProxy: install it (Debian: apt-get install haproxy).');
  folder = await mkdtemp(join(tmpdir(), 'brig-rolling-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const start = (port: number): Promise<ServeProcess> =>
  startServe({ BRIG_PORT: String(port), BRIG_SHUTDOWN_DELAY: '2' });

/** A balancer that never tries a request twice, so that it hides none that was lost. */
async function configureBalancer(port: number, services: readonly number[]): Promise<string> {
  const file = join(folder, 'haproxy.cfg');
  const servers = services.map((one) => `  server s${one} 127.0.0.1:${one} check inter 100ms fall 1 rise 1`);
  const config = `defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout check 5s
frontend brig
  bind 127.0.0.1:${port}
  default_backend services
backend services
  option httpchk GET /health
${servers.join('\n')}
`;
  await writeFile(file, config);
  return file;
}

it('loses no request when both services behind a balancer are restarted', { timeout: 240_000 }, async () => {
  const ports = [await findPort(), await findPort()];
  const services = await Promise.all(ports.map(start));
  const port = await findPort();
  const balancer = execa(haproxy, ['-f', await configureBalancer(port, ports)], { reject: false });
  const url = `http://127.0.0.1:${port}`;
  await expect
    .poll(
      () =>
        fetch(`${url}/live`).then(
          (one) => one.status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .toBe(200);

  const over = new AbortController();
  const answers: unknown[] = [];
  const client = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const number = answers.length;
      const body = JSON.stringify({ script: 'def main(n):\n    return n', args: [number] });
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch(`${url}/execute`, { method: 'POST', headers, body })
        .then(async (one) => {
          const text = await one.text();
          return text.includes(`"result":${number},`) ? one.status : `${one.status}: ${text}`;
        })
        .catch(String);
      answers.push(answer);
    }
  };
  await using opened = new AsyncDisposableStack();
  opened.defer(async () => {
    over.abort();
    balancer.kill('SIGTERM');
    await balancer;
    for (const service of services) service.kill('SIGTERM');
    await Promise.all(services.map(({ ended }) => ended));
  });
  const load = Promise.all(Array.from({ length: CLIENTS }, client));
  const statuses: unknown[] = [];
  for (const [index, one] of ports.entries()) {
    await sleep(500);
    services[index]?.kill('SIGTERM');
    statuses.push(await services[index]?.ended);
    services[index] = await start(one);
    await expect.poll(() => fetch(`http://127.0.0.1:${one}/health`).then(({ status }) => status)).toBe(200);
  }
  await sleep(500);
  over.abort();
  await load;

  expect(statuses).toEqual([0, 0]);
  expect(answers.length).toBeGreaterThan(20);
  expect(answers.filter((answer) => answer !== 200)).toEqual([]);
});
