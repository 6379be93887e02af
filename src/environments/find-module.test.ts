import { expect, it } from 'vitest';
import { findModule } from './find-module.ts';
import type { VisibleDirectory } from './visible-directory.ts';

type Usable = ReturnType<VisibleDirectory['usable']>[number];

const holding = (name: string, packages: readonly string[]): Usable =>
  ({
    name,
    manifest: {
      runtime: 'python',
      broken: [],
      packages: packages.map((one) => ({ name: one, version: '1.0', imports: [one] })),
    },
  }) as unknown as Usable;

const directory = {
  usable: () => [holding('charts', ['numpy', 'seaborn']), holding('default', ['numpy'])],
} as unknown as VisibleDirectory;

it.each([
  ['numpy', 'default', 'default'],
  ['numpy', 'charts', 'charts'],
  ['numpy', 'plain', 'charts'],
  ['seaborn', 'default', 'charts'],
  ['torch', 'default', undefined],
])('finds %s from %s in %s', (module, environment, home) => {
  expect(findModule(directory, module, { runtime: 'python', environment })?.environment).toBe(home);
});
