import { describe, expect, it } from 'vitest';
import type { Interpreter } from '../../../host/interpreter.ts';
import { belongsToStdlib, interpreterInJail, libraryInJail, stdlibInJail } from './layout.ts';

const own: Interpreter = {
  executable: '/home/ada/.pyenv/versions/3.12.1/bin/python3.12',
  version: '3.12.1',
  prefix: '/home/ada/.pyenv/versions/3.12.1',
  stdlib: '/home/ada/.pyenv/versions/3.12.1/lib/python3.12',
  library: null,
};
const distribution: Interpreter = {
  executable: '/usr/bin/python3.11',
  version: '3.11.2',
  prefix: '/usr',
  stdlib: '/usr/lib/python3.11',
  library: null,
};

describe('the layout of a root image', () => {
  it("hides where a person's own interpreter lies", () => {
    expect(interpreterInJail(own)).toBe('/usr/local/bin/python3.12');
    expect(stdlibInJail(own)).toBe('/usr/local/lib/python3.12');
    expect(libraryInJail(`${own.prefix}/lib/libpython3.12.so.1.0`, own)).toBe(
      '/usr/local/lib/libpython3.12.so.1.0',
    );
  });

  it("leaves the distribution's where it is", () => {
    expect(interpreterInJail(distribution)).toBe('/usr/bin/python3.11');
    expect(stdlibInJail(distribution)).toBe('/usr/lib/python3.11');
  });

  it('keeps libraries in their folders, below /usr', () => {
    expect(libraryInJail('/lib/x86_64-linux-gnu/libc.so.6', own)).toBe('/usr/lib/x86_64-linux-gnu/libc.so.6');
    expect(libraryInJail('/usr/lib/x86_64-linux-gnu/libssl.so.3', distribution)).toBe(
      '/usr/lib/x86_64-linux-gnu/libssl.so.3',
    );
    expect(libraryInJail('/lib64/ld-linux-x86-64.so.2', own)).toBe('/usr/lib64/ld-linux-x86-64.so.2');
  });

  it.each([
    ['json', true],
    ['site-packages', false],
    ['test', false],
    ['config-3.11-x86_64-linux-gnu', false],
    ['os.cpython-311.pyc', true],
    ['os.cpython-311.opt-2.pyc', false],
    ['_tkinter.cpython-311-x86_64-linux-gnu.so', false],
  ])('takes %s: %s', (name, expected) => {
    expect(belongsToStdlib(name)).toBe(expected);
  });
});
