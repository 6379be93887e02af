import { expect, it } from 'vitest';
import { estimateHeap } from './estimate-heap.ts';

const estimate = (text: string): number => estimateHeap(new TextEncoder().encode(text));

it('counts values, and nothing of what stands in texts', () => {
  expect(estimate('1')).toBe(0);
  expect(estimate('[1,2,{}]')).toBe(2 * 72 + 2 * 16);
  expect(estimate(String.raw`"[[[{{{,,,\"[[\\"`)).toBe(32);
  expect(estimate(`"${'['.repeat(1000)}`)).toBe(16);
});

it.each([
  ['empty arrays', '[],'],
  ['empty objects', '{},'],
  ['objects of one member', '{"a":1},'],
  ['short texts', '"abcd",'],
  ['numbers', '0.5,'],
])('is not below what V8 takes for %s', (_what, element) => {
  const text = `[${element.repeat(300_000)}1]`;
  const before = process.memoryUsage().heapUsed;
  const value: unknown = JSON.parse(text);
  const grown = process.memoryUsage().heapUsed - before;
  expect(value).toBeDefined();
  // Older objects may have been collected meanwhile, which makes the growth smaller.
  expect(grown).toBeLessThan(estimate(text) * 1.1 + 4 * 1024 * 1024);
});
