import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { expectNothingLeft, isRunning, listCgroups, readHostState } from './support/host-state.ts';
import { findMarked, startServe, until, waiting } from './support/serve.ts';
import { postExecute, send, startService } from './support/service.ts';

/** Nothing is on the host of a process that is gone, and nothing else was looked at before. */
const nothing = { processes: [], cgroups: [], temporaryFiles: [], descriptors: [] };
const clean = () => ({ ...readHostState(), ...nothing, temporaryFiles: readHostState().temporaryFiles });

/** The process of this one's service that starts its jails. */
function findStarter(): number {
  const found = readHostState().processes.find((line) => line.includes('starter.py'));
  const pid = Number(/\d+/.exec(found ?? '')?.[0]);
  if (!(pid > 1)) throw new Error('no process starts jails');
  return pid;
}

describe('callers', () => {
  it('one that disconnects ends its execution', async () => {
    const before = readHostState();
    const service = await startService();
    const leaving = new AbortController();
    const answer = service.execute({ script: waiting('leaving') }, { signal: leaving.signal });
    const failed = expect(answer).rejects.toThrow();
    await until(() => findMarked('leaving').length === 1);
    leaving.abort();
    await failed;
    expect(await until(() => findMarked('leaving').length === 0)).toBeLessThan(1000);
    await until(() => service.service.health().pool.running === 0);
    expect((await service.execute({ script: 'def main(): return 1' })).body.result).toBe(1);
    await service.close();
    await expectNothingLeft(before);
  });

  it('one that disconnects while it waits for its turn leaves the queue', async () => {
    const service = await startService({ BRIG_MAX_CONCURRENT: '1' });
    const running = service.execute({ script: waiting('first', 1) });
    await until(() => findMarked('first').length === 1);
    const leaving = new AbortController();
    const failed = expect(
      service.execute({ script: waiting('never') }, { signal: leaving.signal }),
    ).rejects.toThrow();
    await until(() => service.service.health().pool.waiting === 1);
    leaving.abort();
    await failed;
    await until(() => service.service.health().pool.waiting === 0);
    expect((await running).body.result).toBe('done');
    expect(findMarked('never')).toEqual([]);
    await service.close();
  });

  it('one too many is overloaded, and told when to come again', async () => {
    const service = await startService({ BRIG_MAX_CONCURRENT: '1', BRIG_MAX_WAITING: '1' });
    const running = service.execute({ script: waiting('running', 1) });
    await until(() => findMarked('running').length === 1);
    const queued = service.execute({ script: 'def main(): return 2' });
    await until(() => service.service.health().pool.waiting === 1);
    const refused = await service.execute({ script: 'def main(): return 3' });
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({
      success: false,
      error: 'overloaded',
      retryable: true,
      execution: null,
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await running).body.result).toBe('done');
    expect((await queued).body.result).toBe(2);
    await service.close();
  });

  it('one that waited too long is overloaded', async () => {
    const service = await startService({ BRIG_MAX_CONCURRENT: '1', BRIG_MAX_WAIT: '0.2' });
    const running = service.execute({ script: waiting('long', 2) });
    await until(() => findMarked('long').length === 1);
    const refused = await service.execute({ script: 'def main(): return 3' });
    expect([refused.status, refused.body.error]).toEqual([503, 'overloaded']);
    await running;
    await service.close();
  });
});

describe('a service that ends', () => {
  it('SIGTERM: what runs is finished and answered, then it exits with 0 and leaves nothing', async () => {
    const before = clean();
    const serve = await startServe();
    const answer = postExecute(serve.url, { script: waiting('finishing', 1) });
    await until(() => findMarked('finishing').length === 1);
    serve.kill('SIGTERM');
    expect((await answer).body.result).toBe('done');
    expect(await serve.ended).toBe(0);
    await expectNothingLeft(before, serve.pid);
    expect(serve.guardian === undefined || !isRunning(serve.guardian)).toBe(true);
  });

  it('SIGTERM: what runs longer than the grace is ended, and told so', async () => {
    const before = clean();
    const serve = await startServe({ BRIG_SHUTDOWN_GRACE: '0.5' });
    const answer = postExecute(serve.url, { script: waiting('endless') });
    await until(() => findMarked('endless').length === 1);
    serve.kill('SIGTERM');
    expect((await answer).body).toMatchObject({ success: false, error: 'overloaded', retryable: true });
    expect(await serve.ended).toBe(0);
    await expectNothingLeft(before, serve.pid);
  });

  it('SIGKILL: the guardian ends its jails and removes its cgroups', async () => {
    const before = clean();
    const serve = await startServe();
    const { guardian } = serve;
    const answer = postExecute(serve.url, { script: waiting('orphan') }).catch(() => 'gone');
    await until(() => findMarked('orphan').length === 1);
    expect(listCgroups(serve.pid)).not.toEqual([]);
    serve.kill('SIGKILL');
    expect(await serve.ended).toBe('SIGKILL');
    expect(await answer).toBe('gone');
    await until(() => findMarked('orphan').length === 0);
    await expectNothingLeft(before, serve.pid);
    await until(() => guardian === undefined || !isRunning(guardian));
  });

  it('SIGKILL of the service and its guardian: jails die all the same, and the next service sweeps', async () => {
    const before = clean();
    const serve = await startServe();
    const answer = postExecute(serve.url, { script: waiting('abandoned') }).catch(() => 'gone');
    await until(() => findMarked('abandoned').length === 1);
    if (serve.guardian === undefined) throw new Error('there is no guardian');
    process.kill(serve.guardian, 'SIGKILL');
    serve.kill('SIGKILL');
    await serve.ended;
    await answer;
    expect(listCgroups(serve.pid)).not.toEqual([]);
    const next = await startService();
    expect(findMarked('abandoned')).toEqual([]);
    await expectNothingLeft(before, serve.pid);
    expect((await next.execute({ script: 'def main(): return 1' })).body.result).toBe(1);
    await next.close();
  });

  it('SIGKILL of the process that starts jails: what ran is refused as a fault of the machine, and the next one runs', async () => {
    const before = readHostState();
    const service = await startService();
    const answer = service.execute({ script: waiting('parentless') });
    await until(() => findMarked('parentless').length === 1);
    process.kill(findStarter(), 'SIGKILL');
    expect((await answer).body).toMatchObject({ error: 'sandbox_unavailable', retryable: true });
    await until(() => findMarked('parentless').length === 0);
    // A waiting jail that has just died may still be handed out: its caller is told to try again.
    for (let attempt = 0; ; attempt += 1) {
      const { body } = await service.execute({ script: 'def main(): return 2' });
      if (body.result === 2) break;
      expect(body).toMatchObject({ error: 'sandbox_unavailable', retryable: true });
      expect(attempt).toBeLessThan(50);
      await sleep(100);
    }
    await service.close();
    await expectNothingLeft(before);
  });

  it('two services in one process do not touch each other', async () => {
    const before = readHostState();
    const [one, other] = await Promise.all([startService(), startService()]);
    await one.execute({ script: 'def main(): return 1' });
    await one.close();
    expect((await other.execute({ script: 'def main(): return 2' })).body.result).toBe(2);
    await other.close();
    await expectNothingLeft(before);
  });
});

describe('a service that cannot run anything', () => {
  it.each([
    ['no nsjail', { BRIG_NSJAIL: '/nonexistent/nsjail' }],
    ['something else in its place', { BRIG_NSJAIL: '/bin/false' }],
    ['no interpreter', { BRIG_PYTHON: '/nonexistent/python3' }],
    // cgroupfs takes nearly any name, and what takes would be made: NUL is in none.
    ['a cgroup that cannot be made', { BRIG_CGROUP_PARENT: 'nonexistent\0' }],
  ])('%s: says so, with a remedy and without a path of the host', async (_why, overrides) => {
    const service = await startService(overrides);
    const health = await send(`${service.url}/health`);
    expect(health.status).toBe(503);
    expect(health.body).toMatchObject({ status: 'unhealthy' });
    const { reason } = health.body as unknown as { reason: string };
    expect(reason).toMatch(/\b(Run|See|Install|Name|Start|Give)\b/);
    const refused = await service.execute({ script: 'def main(): return 1' });
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ success: false, error: 'sandbox_unavailable', retryable: true });
    expect(refused.body.suggestions?.length).toBeGreaterThan(0);
    for (const text of [health.text, refused.text])
      expect(text).not.toMatch(/nonexistent|\/bin\/false|node_modules/);
    expect((await send(`${service.url}/live`)).status).toBe(200);
    await service.close();
  });
});
