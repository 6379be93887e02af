import { describe, expect, it } from 'vitest';
import { startThread } from './worker-thread.ts';

const start = (name = 'echo-worker.test-support') =>
  startThread({ module: new URL(name, import.meta.url), resourceLimits: {} });

describe('startThread', () => {
  it('answers one message with one, and says what CPU time that took', async () => {
    const thread = start();
    await thread.ready;
    expect(await thread.ask({ a: 1 }, [])).toEqual({ a: 1 });
    const bytes = new Uint8Array([1, 2]);
    expect(await thread.ask(bytes, [bytes.buffer])).toEqual(new Uint8Array([1, 2]));
    expect(bytes).toHaveLength(0);
    expect(thread.served).toBe(2);
    expect(await thread.measureCpu()).toBeGreaterThan(0);
    expect(thread.hasEnded).toBe(false);
    await thread.terminate();
    expect(thread.hasEnded).toBe(true);
  });

  it('rejects what it works on when it ends, with the reason, and all that comes later', async () => {
    const thread = start();
    await thread.ready;
    const failure = { name: 'WorkerFailure', kind: 'ended', cause: { message: 'planted' } };
    await expect(thread.ask('fail', [])).rejects.toMatchObject(failure);
    await expect(thread.ask('anything', [])).rejects.toMatchObject(failure);
    await expect(thread.measureCpu()).rejects.toMatchObject(failure);
    expect(thread.served).toBe(0);
  });

  it('ends by itself, and by force', async () => {
    const [one, other] = [start(), start()];
    await Promise.all([one.ready, other.ready]);
    await expect(one.ask('end', [])).rejects.toMatchObject({ kind: 'ended', cause: undefined });
    const spins = other.ask('spin', []);
    await other.terminate();
    await expect(spins).rejects.toMatchObject({ kind: 'ended' });
    await expect(other.measureCpu()).rejects.toMatchObject({ kind: 'ended' });
  });

  it('is never ready where it cannot be started', async () => {
    const thread = start('no-such-worker');
    await expect(thread.ready).rejects.toMatchObject({
      kind: 'ended',
      cause: { message: expect.stringContaining('no-such-worker') },
    });
  });
});
