import { expect, it } from 'vitest';
import { judgeTemplate } from './renew.ts';

it.each([
  [0, 0, 'fresh'],
  [99, 9, 'fresh'],
  [100, 0, 'old'],
  [0, 10, 'old'],
  [199, 19, 'old'],
  [200, 0, 'spent'],
  [0, 20, 'spent'],
])('a template that made %i jails in %i s is %s', (made, age, expected) => {
  expect(judgeTemplate({ made, age }, { memoryMb: 1, jails: 100, age: 10 })).toBe(expected);
});
