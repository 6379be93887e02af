import { describe, expect, it } from 'vitest';
import { JailFailure } from '../sandbox/sandbox.ts';
import { BuildFailure } from './build-failure.ts';
import { toBuildFailure } from './to-build-failure.ts';

const failed = (code: string): Error => Object.assign(new Error(code), { code });

describe('toBuildFailure', () => {
  it.each<[what: string, error: unknown, reason: string]>([
    ['a full disk', failed('ENOSPC'), 'store_full'],
    ['a disk that became read-only', failed('EROFS'), 'sandbox_unavailable'],
    ['a service without descriptors', failed('EMFILE'), 'sandbox_unavailable'],
    ['a jail that failed', new JailFailure('gone'), 'sandbox_unavailable'],
    ['a path of a package that is too long', failed('ENAMETOOLONG'), 'install_failed'],
    ['what is told already', new BuildFailure('timeout', 'late'), 'timeout'],
  ])('%s', (_what, error, reason) => {
    expect(toBuildFailure(error).reason).toBe(reason);
  });
});
