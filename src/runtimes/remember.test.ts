import { describe, expect, it } from 'vitest';
import { rememberFound } from './remember.ts';

/** Returns the answers in turn; throws those that are errors. */
function lookFor(...answers: readonly (string | Error)[]) {
  let looks = 0;
  const look = async (): Promise<string> => {
    const answer = answers[looks] ?? 'nothing more';
    looks += 1;
    await Promise.resolve();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { look, count: () => looks };
}

describe('rememberFound', () => {
  it('looks once, also for those who ask at the same time', async () => {
    const { look, count } = lookFor('here');
    const find = rememberFound(look);
    expect(await Promise.all([find(), find()])).toEqual(['here', 'here']);
    expect([await find(), count()]).toEqual(['here', 1]);
  });

  it('does not look again for what is missing at every turn', async () => {
    const { look, count } = lookFor(new Error('missing'), 'here');
    const find = rememberFound(look, 60_000);
    await expect(find()).rejects.toThrow('missing');
    await expect(find()).rejects.toThrow('missing');
    expect(count()).toBe(1);
  });

  it('finds later what was missing at first, and keeps that', async () => {
    const { look, count } = lookFor(new Error('missing'), 'here');
    const find = rememberFound(look, 0);
    await expect(find()).rejects.toThrow('missing');
    expect([await find(), await find(), count()]).toEqual(['here', 'here', 2]);
  });
});
