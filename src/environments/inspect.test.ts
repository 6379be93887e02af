import { expect, it } from 'vitest';
import { refuseLongWords, type Findings } from './inspect.ts';

const none: Findings = { packages: [], loose: [], broken: [], fonts: null };

const describeMany = (count: number, imports: string[]): Findings['packages'] =>
  Array.from({ length: count }, (_, at) => ({
    name: `@scope/some-package-${at}`,
    version: '10.12.3',
    imports,
  }));

it('keeps what thousands of packages are called, and no more', () => {
  const words = { ...none, packages: describeMany(2000, ['some_package']) };
  expect(() => refuseLongWords(words)).not.toThrow();
  const names = Array.from({ length: 200 }, () => 'a'.repeat(200));
  expect(() => refuseLongWords({ ...none, packages: describeMany(10, names) })).toThrow(/more modules/);
  const broken = Array.from({ length: 1000 }, () => ({ module: 'a', error: 'x'.repeat(500) }));
  expect(() => refuseLongWords({ ...none, broken })).toThrow(/more modules/);
});
