import { queryObjects } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { createBell } from './bell.ts';

const never = new AbortController().signal;

describe('createBell', () => {
  it('tells all who wait, and nobody who comes later', async () => {
    const bell = createBell();
    const waiting = [bell.wait(never), bell.wait(never, 60)];
    bell.ring();
    await Promise.all(waiting);
    const later = bell.wait(AbortSignal.abort(new Error('left')));
    await expect(later).rejects.toThrow('left');
    expect(bell.waiting).toBe(0);
  });

  it('keeps nothing of those who gave up', async () => {
    const bell = createBell();
    await bell.wait(never, 0);
    const before = queryObjects(Promise, { format: 'count' });
    for (let count = 0; count < 500; count += 1) await bell.wait(never, 0);
    expect(queryObjects(Promise, { format: 'count' }) - before).toBeLessThan(100);
    expect(bell.waiting).toBe(0);
  });
});
