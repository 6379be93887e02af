import { expect, it } from 'vitest';
import { parseSize } from './sizes.ts';

it.each([
  ['256m', 256 * 1024 ** 2],
  ['1g', 1024 ** 3],
  ['1.5GB', 1.5 * 1024 ** 3],
  ['512 MiB', 512 * 1024 ** 2],
  [' 100k ', 102_400],
  ['1048576', 1_048_576],
  ['12b', 12],
  ['', undefined],
  ['m', undefined],
  ['-1m', undefined],
  ['1e3', undefined],
  ['12mm', undefined],
])('%j is %j bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});
