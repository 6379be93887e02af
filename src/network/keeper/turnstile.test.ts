import { describe, expect, it } from 'vitest';
import { createTurnstile } from './turnstile.ts';

/** Enters as often as it goes. */
const fill = (enter: () => boolean): number => {
  let count = 0;
  while (enter()) count += 1;
  return count;
};

describe('createTurnstile', () => {
  it('leaves a newcomer some, whatever one owner takes', () => {
    const turnstile = createTurnstile(10);
    expect(fill(() => turnstile.enter('ada'))).toBe(5);
    expect(fill(() => turnstile.enter('bob'))).toBe(3);
    expect(fill(() => turnstile.enter('eve'))).toBe(1);
    expect(fill(() => turnstile.enter(undefined))).toBe(1);
    expect(turnstile.enter('dan')).toBe(false);
    turnstile.leave('ada');
    expect([turnstile.enter('ada'), turnstile.enter('dan')]).toEqual([false, true]);
  });
});
