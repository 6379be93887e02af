import { limits as usual } from '../contract/limits.test-support.ts';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import { readGenerateRequest } from './read-generate-request.ts';

const limits = { ...usual, output_bytes: 9 };
const rules = {
  policy: { defaults: limits, ceilings: limits },
  scriptBytes: 100,
  queryBytes: 20,
  maxRepairs: 3,
};
const read = (body: unknown) => readGenerateRequest(JSON.stringify(body), rules);

function complain(body: unknown): string {
  try {
    read(body);
  } catch (error) {
    if (error instanceof Refusal) return `${error.category}: ${error.message}`;
    throw error;
  }
  throw new Error('it is taken');
}

describe('readGenerateRequest', () => {
  it('completes a query', () => {
    expect(read({ query: ' a\u0000\u001b ', limits: { timeout: 2 }, environment: 'plain' })).toMatchObject({
      ...{ query: ' a\u0000\u001b ', repair: 0, script: '', mode: 'function', function: 'main' },
      ...{ runtime: 'python', limits: { timeout: 2 }, environment: 'plain', argsJson: '[]', stdin: '' },
    });
    expect(read({ query: 'x', repair: 3 }).repair).toBe(3);
  });

  it.each([
    [[], 'invalid_input: The body must be a JSON object, not an array.'],
    [{}, 'invalid_input: "query" is missing: it must be a string.'],
    [{ query: 5 }, 'invalid_input: query must be a string, not a number.'],
    [{ query: ' \n' }, 'invalid_input: query is empty.'],
    [{ query: '\ud800' }, 'invalid_input: query is not well-formed Unicode: it holds a lone surrogate.'],
    [{ query: 'é'.repeat(11) }, 'payload_too_large: The query has 22 bytes; at most 20 are taken.'],
    [{ query: 'x', qery: 1 }, 'invalid_input: Unknown field "qery"; did you mean "query"?'],
    [{ query: 'x', script: 'y' }, 'invalid_input: Unknown field "script".'],
    [{ query: 'x', runtime: 'node' }, 'invalid_input: Unknown field "runtime".'],
    [{ query: 'x', repair: -1 }, 'invalid_input: repair must be an integer of at least 0.'],
    [{ query: 'x', repair: 1.5 }, 'invalid_input: repair must be an integer of at least 0.'],
    [{ query: 'x', repair: '1' }, 'invalid_input: repair must be an integer of at least 0.'],
    [{ query: 'x', repair: 4 }, 'invalid_input: repair is 4, above its ceiling of 3.'],
    [
      { query: 'x', limits: { timeout: 11 } },
      'invalid_input: limits.timeout is 11, above its ceiling of 10.',
    ],
    [{ query: 'x', files: [{ path: '../a', content: '' }] }, /^invalid_input: files\[0\]\.path/],
  ])('refuses %j', (body, message) => {
    expect(complain(body)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('refuses what is no JSON', () => {
    expect(() => readGenerateRequest('{', rules)).toThrow('The body is not JSON');
    expect(() => readGenerateRequest('', rules)).toThrow('The body is empty');
  });
});
