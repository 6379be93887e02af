import { expect, it } from 'vitest';
import { refuseLongWords, requireImports, type Findings } from './inspect.ts';

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

it('advises where a package lacks a system library', () => {
  const error = 'ImportError: libGL.so.1: cannot open shared object file: No such file or directory';
  const packages = [{ name: 'opencv-python', version: '4.13.0', imports: ['cv2'] }];
  const findings = { ...none, packages, broken: [{ module: 'cv2', error }] };
  const advice = 'that jails do not have; opencv-python-headless does not';
  expect(() => requireImports(findings, ['opencv-python'], [])).toThrow(advice);
  expect(() => requireImports(findings, [], ['cv2'])).toThrow(advice);
});
