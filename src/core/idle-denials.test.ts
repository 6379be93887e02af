import { expect, it } from 'vitest';
import { describeIdleDenials } from './idle-denials.ts';

const none = { mode: 'off', floor: 'off', modules: [], functions: [] } as const;

it('warns about denials that hold for no request by themselves', () => {
  expect(describeIdleDenials({ ...none, modules: ['socket'] })).toEqual([
    'BRIG_DENY_MODULES denies nothing to requests that name no policy: set BRIG_DEFAULT_POLICY or BRIG_MIN_POLICY to report or enforce.',
  ]);
  expect(describeIdleDenials({ ...none, modules: ['socket'], functions: ['open'] }).join()).toMatch(
    /^BRIG_DENY_MODULES and BRIG_DENY_FUNCTIONS deny nothing /,
  );
  expect(describeIdleDenials({ ...none, functions: ['open'] }).join()).toMatch(
    /^BRIG_DENY_FUNCTIONS denies /,
  );
});

it.each([
  none,
  { ...none, modules: ['socket'], mode: 'report' },
  { ...none, modules: ['socket'], floor: 'enforce' },
] as const)('is silent where nothing is denied or every request has a policy', (policy) => {
  expect(describeIdleDenials(policy)).toEqual([]);
});
