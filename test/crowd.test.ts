import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';
import { startServe, type ServeProcess } from './support/serve.ts';
import { postExecute, send } from './support/service.ts';

/** Enough for jails and some connections, and far fewer than a crowd wants. */
const DESCRIPTORS = 520;
/** A shell that lowers its own limit, and then is the service. */
const limited = [
  ...['sh', '-c', `ulimit -n ${DESCRIPTORS}; exec "$0" "$@"`],
  ...[process.execPath, join(packageRoot, 'src', 'cli', 'main.ts')],
];
const script = 'def main():\n    return 6 * 7';

let serve: ServeProcess;
let isUp = false;
const sockets: Socket[] = [];
let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'crowd-test-'));
  // The service looks into this folder now and then, which takes a descriptor.
  await mkdir(join(stateDir, 'environments', 'names'), { recursive: true });
  await chmod(stateDir, 0o755);
  serve = await startServe({ BRIG_STATE_DIR: stateDir, BRIG_SESSIONS: 'off' }, limited);
  isUp = true;
  void serve.ended.then(() => (isUp = false));
}, 60_000);
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  if (isUp) await setDescriptors(serve.pid, DESCRIPTORS);
  serve.kill('SIGTERM');
  await serve.ended;
  await rm(stateDir, { recursive: true });
});

/** Opens connections that ask for nothing; resolves when each is connected or refused. */
async function crowd(count: number): Promise<void> {
  const { hostname, port } = new URL(serve.url);
  await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      const settled = Promise.withResolvers<void>();
      socket.on('error', () => settled.resolve()).once('connect', () => settled.resolve());
      await settled.promise;
    }),
  );
}

/** Bounds the descriptors of a process that runs already. */
async function setDescriptors(pid: number, soft: number): Promise<void> {
  const program = 'import resource, sys\nr = resource.RLIMIT_NOFILE\np, s = map(int, sys.argv[1:])\n';
  const set = 'resource.prlimit(p, r, (s, resource.prlimit(p, r)[1]))';
  await promisify(execFile)('python3', ['-c', program + set, String(pid), String(soft)]);
}

/** Whether a script runs; a connection that is not accepted is given up after a while. */
const runs = async (patience = 20_000): Promise<boolean> => {
  const signal = AbortSignal.timeout(patience);
  const answer = await postExecute(serve.url, { script }, { signal }).catch(() => undefined);
  return answer?.body.result === 42;
};

describe('a service with few descriptors', () => {
  it('answers and runs scripts beside thousands of connections that ask for nothing', async () => {
    for (let round = 0; round < 6; round += 1) {
      await crowd(500);
      expect(await runs()).toBe(true);
      expect((await send(`${serve.url}/health`)).status).toBe(200);
    }
    expect(isUp).toBe(true);
  });

  it('outlives a time in which it gets none at all', async () => {
    expect(await runs()).toBe(true);
    await setDescriptors(serve.pid, 10);
    // Requests are refused, files cannot be read, jails not be started: long enough for everything that looks at files now and then.
    for (const end = performance.now() + 4000; performance.now() < end; await sleep(100)) await runs(500);
    expect(isUp).toBe(true);
    await setDescriptors(serve.pid, DESCRIPTORS);
    const start = performance.now();
    while (!(await runs())) {
      expect(isUp).toBe(true);
      if (performance.now() - start > 60_000) throw new Error('no script runs again');
      await sleep(100);
    }
  }, 120_000);
});
