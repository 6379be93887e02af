import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { readDescriptorLimit } from './descriptor-limit.ts';

it('is the limit that children inherit', () => {
  const limit = execFileSync('/bin/sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  expect(readDescriptorLimit()).toBe(limit === 'unlimited' ? Infinity : Number(limit));
});
