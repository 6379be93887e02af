import { describe, expect, it } from 'vitest';
import { judgeOwner, ownName } from './owner.ts';

describe('judgeOwner', () => {
  const [namespace = '', pid = '', started = ''] = ownName().split('-');

  it('knows this process as alive', () => {
    expect(judgeOwner(ownName())).toBe('alive');
  });

  it('does not take a pid that was given out again for the same process', () => {
    expect(judgeOwner(`${namespace}-${pid}-${Number(started) + 1}`)).toBe('dead');
    expect(judgeOwner(`${namespace}-4194305-${started}`)).toBe('dead');
  });

  it('says nothing of processes it cannot see', () => {
    expect(judgeOwner(`1-${pid}-${started}`)).toBe('elsewhere');
    expect(judgeOwner('system.slice')).toBe('not an owner');
  });
});
