import { expect, it } from 'vitest';
import { fail, makeEvidence, makeReport } from '../verdict/classify.test-support.ts';

const coming = { progress: 'step 1 of 3, installing, for 12 s', packages: () => ['Scikit_Learn', 'numpy'] };

const missing = (name: string) => {
  const report = {
    type: 'ModuleNotFoundError',
    message: '',
    missing: { what: 'module', name, candidates: [] },
  };
  const evidence = makeEvidence({ report: makeReport({ kind: 'runtime_error', ...report }) });
  return fail(evidence, { coming, canBuild: true });
};

it('tells that a package is being built, and that it is worth trying again', () => {
  const { suggestions, retryable } = missing('sklearn.linear_model');
  expect(suggestions[0]).toBe(
    'The environment "default" is being built (step 1 of 3, installing, for 12 s) and will have sklearn (package scikit-learn): send "wait": 60, or the same request again in a minute',
  );
  expect(retryable).toBe(true);
  expect(missing('numpy').suggestions.join()).not.toContain('standard library');
});

it('promises no package that was not asked for', () => {
  const { suggestions, retryable } = missing('torch');
  expect(suggestions.join()).not.toContain('being built');
  expect(retryable).toBe(false);
});
