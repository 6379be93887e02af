import { describe, expect, it } from 'vitest';
import { JailFailure } from '../../sandbox.ts';
import { jailFiles } from '../kinds.ts';
import { compileFilter } from './compile-filter.ts';
import { makeFilter } from './make-filter.ts';
import { readFileSync } from 'node:fs';

/** Returns what a function throws. */
function catchFailure(make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    return error;
  }
}

describe('makeFilter', () => {
  const files = jailFiles('python');

  it('compiles a file', () => {
    expect(makeFilter(files, 'x64')).toEqual(compileFilter(readFileSync(files.seccomp, 'utf8')));
  });

  it('refuses another architecture', () => {
    const error = catchFailure(() => makeFilter(files, 'arm64'));
    expect(error).toBeInstanceOf(JailFailure);
    expect(error).toMatchObject({
      message: 'Filters of system calls are made for x86-64 only.',
      detail: 'this is arm64',
    });
  });

  it('names the file that is missing in the detail only', () => {
    const error = catchFailure(() => makeFilter({ seccomp: '/nowhere/python.kafel' }, 'x64'));
    expect(error).toBeInstanceOf(JailFailure);
    expect(error).toMatchObject({ message: 'The filter of system calls could not be made.' });
    expect(error).toHaveProperty('detail', expect.stringMatching(/^\/nowhere\/python\.kafel: ENOENT/));
  });
});
