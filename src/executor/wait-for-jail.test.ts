import { describe, expect, it } from 'vitest';
import { createFakeSandbox, untilAborted } from '../sandbox/fake-sandbox.test-support.ts';
import type { ExecutionContext } from './execution-context.ts';
import { leaseInTime, openInTime } from './wait-for-jail.ts';

const never = (): Promise<never> => new Promise(() => undefined);

/** Returns an execution that arrived `age` milliseconds ago. */
const executionOf = (age: number, signal = new AbortController().signal): ExecutionContext =>
  ({
    plan: { runtime: 'go' },
    limits: {},
    signal,
    arrival: performance.now() - age,
  }) as unknown as ExecutionContext;

describe('openInTime', () => {
  it('gives what was opened, and what opening threw', async () => {
    expect(await openInTime(executionOf(0), () => Promise.resolve(7), 5)).toBe(7);
    await expect(openInTime(executionOf(0), () => Promise.reject(new Error('no Go')), 5)).rejects.toThrow(
      'no Go',
    );
  });

  it('waits no longer than is left of the longest wait, and no longer than its caller', async () => {
    await expect(openInTime(executionOf(990), never, 1)).rejects.toMatchObject({
      ...{
        category: 'overloaded',
        message: 'Runtime "go" is being made ready for its first use.',
        retryAfter: 30,
      },
    });
    const away = new AbortController();
    const opening = openInTime(executionOf(0, away.signal), never, 5);
    away.abort(new Error('away'));
    await expect(opening).rejects.toThrow('away');
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
