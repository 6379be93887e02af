import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startServe, until, type ServeProcess } from '../support/serve.ts';
import { send, startService, type Answer, type TestService } from '../support/service.ts';

/* One caller floods, its neighbour asks for little: the neighbour's answer comes before the flood is over. */

const MIB = 1024 * 1024;
const keys = { mallory: 'mallory-mallory', ada: 'ada-ada-ada-ada' } as const;
type Name = keyof typeof keys;
const settings = {
  BRIG_API_KEYS: Object.entries(keys)
    .map((pair) => pair.join('='))
    .join(','),
  BRIG_MAX_CONCURRENT: '2',
  // Order is looked at, not time.
  BRIG_MAX_WAIT: '300',
};
const headersOf = (name: Name) => ({ 'content-type': 'application/json', 'x-api-key': keys[name] });
/** Whether any of these is still under way. */
const watch = (flood: readonly Promise<unknown>[]) => {
  let left = flood.length;
  for (const one of flood) void one.catch(() => undefined).finally(() => (left -= 1));
  return { left: () => left };
};

/** The analyser's grammar takes time that grows with the square of this. */
const slowSource = `${'\\\n'.repeat(1 << 18)}\ndef main(): pass\n`;
const longSource = `def main(): return 1\n${'x = 1\n'.repeat(7000)}`;

describe('a neighbour', { timeout: 300_000 }, () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({ ...settings, BRIG_MAX_INFLIGHT_MB: '64' });
  });
  afterAll(() => service.close());

  const post = (name: Name, body: unknown, path = '/execute', signal?: AbortSignal): Promise<Answer> =>
    send(`${service.url}${path}`, typeof body === 'string' ? body : JSON.stringify(body), {
      method: 'POST',
      headers: headersOf(name),
      ...(signal && { signal }),
    });

  it('has its script judged by its text, not by who else has one judged', async () => {
    const leaving = new AbortController();
    const policy = { mode: 'enforce' };
    const flood = Array.from({ length: 12 }, () =>
      post('mallory', { script: slowSource, policy }, '/execute', leaving.signal),
    );
    const state = watch(flood);
    const { status, body } = await post('ada', { script: longSource, policy });
    expect([status, body.success, body.policy?.findings]).toEqual([200, true, []]);
    expect(state.left()).toBeGreaterThan(0);
    leaving.abort();
    await Promise.allSettled(flood);
  });

  it('waits for one module of a request, not for all of them', async () => {
    const leaving = new AbortController();
    const content = '\\\n'.repeat(1 << 17);
    const files = Array.from({ length: 20 }, (_, index) => ({ path: `m${index}.py`, content }));
    const request = { script: 'def main(): return 1', files, policy: { mode: 'report' } };
    const flood = [post('mallory', request, '/execute', leaving.signal)];
    const { body } = await post('ada', { script: longSource, policy: { mode: 'enforce' } });
    expect(body.success).toBe(true);
    leaving.abort();
    await Promise.allSettled(flood);
  });

  it('has its large body read between those of another', async () => {
    const costly = `{"script":"def main(*a): pass","args":[${'[],'.repeat(1_500_000)}1]}`;
    const flood = Array.from({ length: 6 }, () => post('mallory', costly));
    const state = watch(flood);
    const { body } = await post('ada', { script: 'def main(): return 1', stdin: 'x'.repeat(100_000) });
    expect([body.success, state.left() > 0]).toEqual([true, true]);
    await Promise.allSettled(flood);
  });

  it('is served by Code Cantation while another runs there', async () => {
    const path = '/dialects/code-cantation/execute';
    const leaving = new AbortController();
    const code = 'import time\ntime.sleep(20)';
    const flood = Array.from({ length: 5 }, () =>
      post('mallory', { code, run_safety: false, timeout_sec: 30 }, path, leaving.signal),
    );
    const state = watch(flood);
    const { status } = await post('ada', { code: 'print(1)' }, path);
    expect([status, state.left()]).toEqual([200, 5]);
    leaving.abort();
    await Promise.allSettled(flood);
  });

  const keyed = (name: Name, key: string, result: string): Promise<Answer> =>
    send(
      `${service.url}/execute`,
      JSON.stringify({ script: `import os\ndef main(): return os.urandom(8).hex() + ${result}` }),
      { method: 'POST', headers: { ...headersOf(name), 'idempotency-key': key } },
    );

  it('has its outcome remembered, whatever another has remembered', async () => {
    const first = await keyed('ada', 'mine', "''");
    for (let run = 0; run < 10; run += 1) {
      // With two bytes for each character, beyond the 128 MiB that are remembered.
      const { status } = await keyed('mallory', `flood-${run}`, "'x' * 9_000_000");
      expect(status).toBe(200);
    }
    const again = await keyed('ada', 'mine', "''");
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
  });
});

describe('the memory of a service', { timeout: 300_000 }, () => {
  let service: ServeProcess;
  let before = 0;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    service = await startServe({
      ...settings,
      // Requests without room are refused after this.
      BRIG_MAX_WAIT: '20',
      BRIG_MAX_INFLIGHT_MB: '256',
      BRIG_MAX_OUTPUT_BYTES: '41943040',
    });
    await askAs('ada');
    before = readPss();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(async () => {
    service.kill('SIGTERM');
    await service.ended;
  });

  /** Proportional set size of the service's own process. */
  const readPss = (): number => {
    const text = readFileSync(`/proc/${service.pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]) * 1024;
  };

  const open = async (name: Name, length: number): Promise<Socket> => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(
      `POST /execute HTTP/1.1\r\nHost: ${hostname}\r\nX-API-Key: ${keys[name]}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
    );
    return socket;
  };

  const askAs = async (name: Name): Promise<unknown> => {
    const script = 'def main(): return 6 * 7';
    const { body } = await send(`${service.url}/execute`, JSON.stringify({ script }), {
      method: 'POST',
      headers: headersOf(name),
    });
    return body.result;
  };

  it('is bounded where sixty bodies are held back, and a neighbour is served', async () => {
    const chunk = Buffer.alloc(MIB, 'x');
    const bodies = await Promise.all(Array.from({ length: 60 }, () => open('mallory', 32 * MIB)));
    // All but the last bytes; whoever is refused is done.
    const sent = bodies.map(async (socket) => {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      for (let part = 0; part < 31 && socket.writable; part += 1)
        if (!socket.write(chunk))
          await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    });
    await Promise.race([Promise.allSettled(sent), once(AbortSignal.timeout(20_000), 'abort')]);
    expect(await askAs('ada')).toBe(42);
    const grown = (readPss() - before) / MIB;
    process.stdout.write(`60 bodies held back: ${Math.round(grown)} MiB\n`);
    expect(grown).toBeLessThan(600);
  });

  it('is bounded where forty answers are not read, and a neighbour is served', async () => {
    const script = "def main(): print('x' * 38_000_000)";
    const body = JSON.stringify({ script, limits: { output_bytes: 40_000_000 } });
    const answers = await Promise.all(Array.from({ length: 40 }, () => open('mallory', body.length)));
    for (const socket of answers) socket.pause().write(body);
    // Each has its answer, or is told that there is no room for it.
    const countAnswers = (): number => answers.filter((socket) => socket.readableLength > 0).length;
    await until(() => countAnswers() === answers.length, 200_000);
    expect(await askAs('ada')).toBe(42);
    const grown = (readPss() - before) / MIB;
    process.stdout.write(`40 answers unread: ${Math.round(grown)} MiB\n`);
    expect(grown).toBeLessThan(800);
  });
});
