import { readFileSync } from 'node:fs';
import { JailFailure } from '../../sandbox.ts';
import { compileFilter } from './compile-filter.ts';

/**
 * Makes the filter of a policy's file, for a jail that installs it itself.
 *
 * @param file path of a `.kafel` file, from `jailFiles`
 * @returns an array of struct sock_filter (linux/filter.h), 8 bytes each
 * @throws JailFailure on another architecture than x86-64, or when the file cannot be read or is not understood
 * @example makeFilter(jailFiles('python').seccomp)
 */
export function makeFilter(file: string, architecture: string = process.arch): Buffer {
  if (architecture !== 'x64')
    throw new JailFailure('Filters of system calls are made for x86-64 only.', {
      remedy: 'Use jails that nsjail starts one by one.',
      detail: `this is ${architecture}`,
    });
  try {
    return compileFilter(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new JailFailure('The filter of system calls could not be made.', {
      detail: `${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}
