import { describe, expect, it } from 'vitest';
import { commonAncestor } from './v2.ts';

describe('commonAncestor', () => {
  it.each([
    ['/', '/', '/'],
    ['/', '/a/b', '/'],
    ['/a/one', '/a/two', '/a'],
    ['/a', '/a/two', '/a'],
    ['/a/one', 'a', '/a'],
    ['/ab', '/a', '/'],
  ])('of %s and %s is %s', (one, other, expected) => {
    expect(commonAncestor(one, other)).toBe(expected);
  });
});
