import { describe, expect, it } from 'vitest';
import { emptyForm, FormError, toRequest } from './request.ts';

describe('the request of a form', () => {
  it('has only what differs from the defaults', () => {
    expect(toRequest({ ...emptyForm, script: 'x' })).toEqual({ script: 'x' });
  });

  it('has every field that was filled in', () => {
    const file = { path: 'a.txt', content: 'a', encoding: 'utf8', size: 1 } as const;
    const form = {
      ...emptyForm,
      ...{ script: 'x', runtime: 'node', mode: 'script' as const, functionName: ' f ', args: '[1, "two"]' },
      ...{ stdin: 'in', environment: 'default', returnFiles: '*.csv, , plots/*' },
      ...{ limits: { timeout: '2.5', memory_mb: ' ' }, files: [file] },
    };
    expect(toRequest(form)).toEqual({
      ...{ script: 'x', runtime: 'node', mode: 'script', function: 'f', args: [1, 'two'], stdin: 'in' },
      ...{ environment: 'default', return_files: ['*.csv', 'plots/*'], limits: { timeout: 2.5 } },
      files: [{ path: 'a.txt', content: 'a', encoding: 'utf8' }],
    });
  });

  it.each([
    [{ args: '{' }, /JSON list/],
    [{ args: '{}' }, /JSON list/],
    [{ limits: { timeout: 'soon' } }, /"timeout" is a number/],
  ])('is refused for %j', (fields, sentence) => {
    expect(() => toRequest({ ...emptyForm, ...fields })).toThrow(FormError);
    expect(() => toRequest({ ...emptyForm, ...fields })).toThrow(sentence);
  });
});
