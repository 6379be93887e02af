import { JailFailure } from '../../sandbox.ts';
import { compileFilter } from './compile-filter.ts';
import { readPolicy, type PolicyFiles } from './read-policy.ts';

/**
 * Makes the filter of a policy, for a jail that installs it itself.
 *
 * @param files paths of `.kafel` files, from `jailFiles`
 * @returns an array of struct sock_filter (linux/filter.h), 8 bytes each
 * @throws JailFailure on another architecture than x86-64, or when a file cannot be read or is not understood
 * @example makeFilter(jailFiles('python'))
 */
export function makeFilter(files: PolicyFiles, architecture: string = process.arch): Buffer {
  if (architecture !== 'x64')
    throw new JailFailure('Filters of system calls are made for x86-64 only.', {
      remedy: 'Use jails that nsjail starts one by one.',
      detail: `this is ${architecture}`,
    });
  try {
    return compileFilter(readPolicy(files));
  } catch (cause) {
    throw new JailFailure('The filter of system calls could not be made.', {
      detail: `${files.seccomp}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}
