import { expect, it } from 'vitest';
import { limits as defaults } from '../core/contract/limits.test-support.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { readRequest } from '../core/validation/read-request.ts';
import { readByOptions } from './refusal-options.ts';

const rules = { policy: { defaults, ceilings: { ...defaults, timeout: 600 } }, scriptBytes: 100 };

function refuse(fields: object): Pick<Refusal, 'message' | 'suggestions'> {
  const body = JSON.stringify({ script: '', mode: 'function', ...fields });
  try {
    readByOptions(() => readRequest(body, rules));
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('not refused');
}

it.each([
  [
    { limits: { timeout: 9999 } },
    '--timeout is 9999, above its ceiling of 600.',
    'Ask for --timeout of at most 600, or leave it out for the default of 10.',
  ],
  [
    { limits: { open_files: 9999 } },
    '--open-files is 9999, above its ceiling of 256.',
    'Ask for --open-files of at most 256, or leave it out for the default of 256.',
  ],
  [
    { return_files: ['/tmp/*'] },
    '--return: "/tmp/*" is absolute; it must be relative to the working directory.',
    'Let the script write to its working directory, and add --return "*".',
  ],
  [
    {
      files: [
        { path: 'args[0].env', content: '' },
        { path: 'args[0].env', content: '' },
      ],
    },
    '--file "args[0].env" is there twice.',
    undefined,
  ],
  [{ mode: 'script', kwargs: { a: 1 } }, '--kwarg must be empty in mode "script".', expect.any(String)],
  [{ limits: { memory_mb: 1 } }, /^--memory must be at least 16/, undefined],
])('%j is refused in words of the command line', (fields, message, suggestion) => {
  const refusal = refuse(fields);
  expect(refusal.message).toMatch(message);
  expect(refusal.suggestions[0]).toEqual(suggestion);
});

it('passes on a request, and other errors', () => {
  expect(readByOptions(() => 1)).toBe(1);
  const fault = new Error('limits.timeout');
  expect(() =>
    readByOptions(() => {
      throw fault;
    }),
  ).toThrow(fault);
});
