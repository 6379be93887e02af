import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

it.each([
  ['main', ['mian', 'other'], ['mian']],
  ['pritn', ['int', 'print'], ['print']],
  ['jsno', ['json'], ['json']],
  ['main', ['Main', 'mian', 'man'], ['mian', 'Main', 'man']],
  ['ab', ['ba'], ['ba']],
  ['main', ['main', 'niam', 'aimn'], []],
  ['', ['a'], []],
])('%s among %j', (wanted, candidates, expected) => {
  expect(nearest(wanted, candidates)).toEqual(expected);
});
