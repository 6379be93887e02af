import { Command } from 'commander';
import { expect, it } from 'vitest';
import { numberOption } from './number-option.ts';

const parse = (text: string): unknown =>
  new Command()
    .addOption(numberOption('--cpu-time <seconds>', 'CPU time limit'))
    .parse([`--cpu-time=${text}`], { from: 'user' })
    .opts();

it.each([
  ['2', 2],
  ['0.5', 0.5],
  ['-1', -1],
  ['1e3', 1000],
])('reads %s', (text, number) => {
  expect(parse(text)).toEqual({ cpuTime: number });
});

it.each(['abc', '', ' ', '5s', 'NaN', 'Infinity', '1,5'])('says what was given: %j', (text) => {
  expect(() => parse(text)).toThrow(`--cpu-time must be a number, not ${JSON.stringify(text)}.`);
});
