import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** A Redis or Valkey of a test's own, with an append-only file. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Ends it as a crash does, and starts it again with what it had written. */
  restart(): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Runs a command and returns its answer. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>;
}

const programs = ['valkey-server', 'redis-server'];

function findServer(): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const program of programs) {
      try {
        accessSync(join(folder, program), constants.X_OK);
        return join(folder, program);
      } catch {
        // Not here.
      }
    }
  }
  throw new Error(
    "This test needs a Redis: install Debian's package valkey-server or redis-server (apt-get install redis-server).",
  );
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** @param options more words of the command line, `--maxmemory 8mb` for example. */
export async function startRedis(...options: string[]): Promise<TestRedis> {
  const program = findServer();
  const folder = await mkdtemp(join(tmpdir(), 'brig-redis-'));
  const port = await findPort();
  const words = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--daemonize', 'no'],
    ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'],
    ...options,
  ];
  let child: ChildProcess | undefined;
  const url = `redis://127.0.0.1:${port}/0`;
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);

  const kill = async (): Promise<void> => {
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    child = undefined;
  };
  const start = async (): Promise<void> => {
    // It ends with whoever runs the test, however that ends.
    child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...words], { stdio: 'ignore' });
    if (client.status === 'wait') await client.connect().catch(() => undefined);
    while ((await client.ping().catch(() => '')) !== 'PONG') await sleep(20);
  };
  await start();
  return {
    url,
    get pid() {
      return child?.pid ?? 0;
    },
    kill,
    start,
    restart: async () => {
      await kill();
      await start();
    },
    command: async (name, ...args) => await client.call(name, ...args),
    [Symbol.asyncDispose]: async () => {
      client.disconnect();
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
