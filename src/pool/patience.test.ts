import { describe, expect, it } from 'vitest';
import { createPatience } from './patience.ts';

const { signal } = new AbortController();
const never = (): Promise<never> => new Promise(() => undefined);

describe('createPatience', () => {
  it('gives what came, or nothing once the time is over', async () => {
    const patience = createPatience(4);
    const asked = { queueKey: 'ada', signal };
    expect(await patience.wait(Promise.resolve(7), { ...asked, seconds: 5 })).toEqual({ value: 7 });
    expect(await patience.wait(never(), { ...asked, seconds: 0.01 })).toBeUndefined();
    expect(patience.waiting).toBe(0);
  });

  it('leaves room for others: a caller has at most as many waiting as it leaves free', async () => {
    const patience = createPatience(4);
    const away = new AbortController();
    const wait = (queueKey: string) =>
      patience.wait(never(), { queueKey, seconds: 60, signal: away.signal }).catch((error: unknown) => error);
    const waiting = [wait('ada'), wait('ada')];
    expect(await wait('ada')).toMatchObject({ category: 'overloaded' });
    waiting.push(wait('bob'));
    expect(await wait('bob')).toMatchObject({ category: 'overloaded' });
    expect(patience.waiting).toBe(3);
    away.abort(new Error('away'));
    for (const one of waiting) expect(await one).toMatchObject({ message: 'away' });
    expect(patience.waiting).toBe(0);
  });

  it('forgets a failure that nobody waits for', async () => {
    const patience = createPatience(1);
    const waiting = patience.wait(never(), { queueKey: '', seconds: 0.01, signal });
    await expect(
      patience.wait(Promise.reject(new Error('late')), { queueKey: '', seconds: 5, signal }),
    ).rejects.toMatchObject({ category: 'overloaded' });
    await waiting;
  });
});
