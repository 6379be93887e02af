import { expect, it } from 'vitest';
import { go } from './go.ts';
import { rust } from './rust.ts';

it.each([
  [go, 'package main\n'],
  [rust, 'fn main() {}\n'],
])('shows the options with which the compiler of $name runs', (runtime, script) => {
  const { command = '', plan } = runtime.compilation ?? {};
  const runs = plan?.({ script, files: [] }, '1.26.0').program.command ?? [];
  const shown = [...command.matchAll(/'[^']+'|\S+/g)].map(([word]) => word.replaceAll("'", ''));
  const options = shown.filter((word) => /^-|=/.test(word) && !word.startsWith('CGO_'));
  expect(options.length).toBeGreaterThan(2);
  expect(runs).toEqual(expect.arrayContaining(options));
});

it.each([
  ['// a program\npackage main\n', ['brig_stack_bound.go']],
  ['package other\n', []],
])('bounds the stack of a program of Go: %j', (script, paths) => {
  const files = go.compilation?.plan({ script, files: [] }, '1.26.0').files ?? [];
  expect(files.map(({ path }) => path)).toEqual(paths);
});
