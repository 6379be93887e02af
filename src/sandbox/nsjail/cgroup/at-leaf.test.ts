import { describe, expect, it } from 'vitest';
import { atLeaf } from './at-leaf.ts';

const failWith = (code: string) => (): never => {
  throw Object.assign(new Error(code), { code });
};

describe('atLeaf', () => {
  it('makes an error of the host a failure of the jail', () => {
    expect(() => atLeaf(failWith('EIO'))).toThrow('The cgroup of an execution could not be used.');
    expect(() => atLeaf(failWith('ENOENT'))).toThrow('The cgroup of an execution was removed while it ran.');
    expect(atLeaf(() => 7)).toBe(7);
  });
});
