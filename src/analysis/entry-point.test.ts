import { expect, it } from 'vitest';
import { unknownAnalysis, type FunctionInfo } from './analysis.ts';
import { describeMissing } from './entry-point.ts';

it('names each function once, those most like the wanted one first', () => {
  const functions = ['other', 'maine', 'other', 'Main'].map((name): FunctionInfo => ({
    name,
    kind: 'def',
    line: 1,
    column: 1,
    signature: `${name}()`,
    conditional: false,
    decorated: false,
  }));
  expect(describeMissing({ ...unknownAnalysis, functions }, 'main')).toEqual({
    availableFunctions: ['Main', 'maine', 'other'],
  });
});
