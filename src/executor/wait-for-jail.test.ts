import { describe, expect, it } from 'vitest';
import { createFakeSandbox, untilAborted } from '../sandbox/fake-sandbox.test-support.ts';
import type { ExecutionContext } from './execution-context.ts';
import { createPatience } from '../pool/patience.ts';
import { leaseInTime, openInTime, waitForBuild } from './wait-for-jail.ts';

const within = (maxWait: number) => ({ maxWait, patience: createPatience(2) });
const never = (): Promise<never> => new Promise(() => undefined);

/** Returns an execution that arrived `age` milliseconds ago. */
const executionOf = (age: number, signal = new AbortController().signal, wait?: number): ExecutionContext =>
  ({
    plan: { runtime: 'go', wait },
    options: {},
    limits: {},
    signal,
    arrival: performance.now() - age,
  }) as unknown as ExecutionContext;

describe('openInTime', () => {
  it('gives what was opened, and what opening threw', async () => {
    expect(await openInTime(executionOf(0), () => Promise.resolve(7), within(5))).toBe(7);
    await expect(
      openInTime(executionOf(0), () => Promise.reject(new Error('no Go')), within(5)),
    ).rejects.toThrow('no Go');
  });

  it('waits no longer than is left of the longest wait, and no longer than its caller', async () => {
    await expect(openInTime(executionOf(990), never, within(1))).rejects.toMatchObject({
      ...{
        category: 'overloaded',
        message: 'Runtime "go" is being made ready for its first use.',
        retryAfter: 30,
      },
    });
    const away = new AbortController();
    const opening = openInTime(executionOf(0, away.signal), never, within(5));
    away.abort(new Error('away'));
    await expect(opening).rejects.toThrow('away');
  });
});

describe('openInTime with a wait of the caller', () => {
  it('waits as long as the caller says, which takes nothing from the usual waits', async () => {
    const execution = executionOf(990, undefined, 60);
    const { arrival } = execution;
    const { promise, resolve } = Promise.withResolvers<number>();
    const opening = openInTime(execution, () => promise, within(1));
    setTimeout(() => resolve(7), 20);
    expect(await opening).toBe(7);
    expect(execution.arrival).toBeGreaterThan(arrival);
  });

  it('opens what is ready, and does not wait, for a caller without patience', async () => {
    expect(await openInTime(executionOf(0, undefined, 0), () => Promise.resolve(7), within(60))).toBe(7);
    await expect(openInTime(executionOf(0, undefined, 0), never, within(60))).rejects.toMatchObject({
      ...{ category: 'overloaded', kind: 'runtime_preparing', retryable: true },
    });
  });
});

describe('waitForBuild', () => {
  const plan = { runtime: 'python', environment: 'reports', wait: 30 } as never;
  const asked = { queueKey: '', signal: new AbortController().signal };

  it('waits for a build that is under way, where the plan asks for it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const names: unknown[] = [];
    const environments = {
      whenBuilt: (...given: unknown[]) => {
        names.push(given);
        return promise;
      },
    };
    const waiting = waitForBuild(environments, plan, createPatience(1), asked);
    resolve();
    await waiting;
    expect(names).toEqual([['reports', 'python']]);
    for (const wait of [undefined, 0])
      await waitForBuild(environments, { ...(plan as object), wait } as never, createPatience(1), asked);
    expect(names).toHaveLength(1);
  });
});

describe('leaseInTime', () => {
  it('gives a jail, and does not wait for ever for one', async () => {
    const sandbox = createFakeSandbox();
    await using jail = await leaseInTime(executionOf(0), sandbox, {}, 5);
    expect(sandbox.open.has(jail)).toBe(true);
    const slow = createFakeSandbox(undefined, ({ signal }) => untilAborted(signal));
    // A turn at the last moment still gets a second.
    await expect(leaseInTime(executionOf(60_000), slow, {}, 1)).rejects.toThrow('No jail was ready in time.');
  });
});
