import { describe, expect, it } from 'vitest';
import type { Limits } from '../contract/limits.ts';
import { limits as defaults } from '../contract/limits.test-support.ts';
import { Refusal } from '../contract/refusal.ts';
import { requestCaps } from '../contract/request.ts';
import { readRequest } from './read-request.ts';

const ceilings: Limits = { ...defaults, timeout: 600, cpu_time: 2400, memory_mb: 8192 };
const rules = { policy: { defaults, ceilings }, scriptBytes: 100 };
const script = 'def main(): pass';

/** Reads a body given as text, or as a value to write as JSON. */
const read = (body: unknown) => readRequest(typeof body === 'string' ? body : JSON.stringify(body), rules);

function refuse(body: unknown): Refusal {
  try {
    read(body);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('not refused');
}

const nestArguments = (depth: number): string =>
  `{"script":"x","args":${'['.repeat(depth)}${']'.repeat(depth)}}`;

const passDigits = (digits: number): string => `{"script":"x","args":[-${'9'.repeat(digits)}]}`;

describe('values that mean another', () => {
  it.each([
    ['javascript', 'did you mean "node"?'],
    ['ts', 'did you mean "deno" or "bun"?'],
    ['Python3', 'did you mean "python"?'],
    ['pyhton', 'did you mean "python"?'],
    ['NODE', 'did you mean "node"?'],
    ['golang', 'did you mean "go"?'],
    ['rs', 'did you mean "rust"?'],
  ])('runtime %s', (runtime, question) => {
    expect(refuse({ script, runtime }).message).toMatch(
      new RegExp(`, not "\\w+"; ${question.replace('?', '\\?')}$`),
    );
  });

  it('a shell is no runtime', () => {
    const { message, suggestions } = refuse({ script, runtime: 'bash' });
    expect(message).toMatch(/not "bash"\.$/);
    expect(suggestions).toEqual([expect.stringMatching(/^Run the commands by a script of Python/)]);
  });

  it('mode Script is misspelt', () => {
    expect(refuse({ script, mode: 'Script' }).message).toMatch(/did you mean "script"\?$/);
  });

  it.each([
    ['/tmp/*', 'Let the script write to its working directory, and send "return_files": ["*"].'],
    ['/tmp/', 'Let the script write to its working directory, and send "return_files": ["**"].'],
    ['/work/out/*.csv', 'Leave out /work/, which is the working directory: "out/*.csv".'],
  ])('return_files %s', (pattern, suggestion) => {
    expect(refuse({ script, return_files: [pattern] }).suggestions).toEqual([suggestion]);
  });
});

describe('readRequest', () => {
  it('completes the smallest request', () => {
    expect(read({ script })).toEqual({
      script,
      mode: 'function',
      runtime: 'python',
      function: 'main',
      argsJson: '[]',
      kwargsJson: '{}',
      stdin: '',
      validate: false,
      validate_only: false,
      env: {},
      files: [],
      return_files: [],
      limits: {},
      network: false,
    });
  });

  it.each([
    [null, 'The body must be a JSON object, not null.'],
    [[], 'The body must be a JSON object, not an array.'],
    [{}, '"script" is missing: it must be a string.'],
    [{ scirpt: 'x', script }, 'Unknown field "scirpt"; did you mean "script"?'],
    [{ code: 'x', script }, 'Unknown field "code"; did you mean "script"?'],
    [{ language: 'python', script }, 'Unknown field "language"; did you mean "runtime"?'],
    [{ script, zzzzzz: 1 }, 'Unknown field "zzzzzz".'],
    [{ script, timeout: 1 }, 'Unknown field "timeout"; did you mean "limits.timeout"?'],
    [
      { script, limits: { memory: 1, cpu: 1 } },
      '2 things are wrong: Unknown field "limits.memory"; did you mean "limits.memory_mb"?; Unknown field "limits.cpu"; did you mean "limits.cpus"?',
    ],
    [{ script, network: 'all' }, 'network must be true, false, or {"allow": ["api.example.com:443"]}.'],
    [{ script, network: {} }, '"network.allow" is missing: it must be an array.'],
    [
      { script, network: { allow: ['example.com', 5, 'a.example:443'] } },
      'network.allow[0]: "example.com" names no port: "api.example.com:443".',
    ],
    [
      { script, runtime: 'perl' },
      'runtime must be "python" or "node" or "deno" or "bun" or "go" or "rust", not "perl".',
    ],
    [{ script, runtime: 'node', args: [1] }, 'args[0] must be a string with runtime "node", not a number.'],
    [{ script, runtime: 'go', kwargs: { a: 1 } }, 'kwargs must be empty with runtime "go".'],
    [{ script, runtime: 'go', function: 'main' }, 'function has no meaning with runtime "go".'],
    [
      { script, runtime: 'rust', validate_only: true },
      'validate_only looks at Python scripts, not at those of runtime "rust".',
    ],
    [
      { script, runtime: 'bun', policy: { mode: 'report' } },
      'policy looks at Python scripts, not at those of runtime "bun".',
    ],
    [
      { script, runtime: 'deno', mode: 'function' },
      'mode "function" is Python\'s: runtime "deno" runs the whole script as a program.',
    ],
    [{ script: 5 }, 'script must be a string, not a number.'],
    [{ script, args: {} }, 'args must be an array, not an object.'],
    [{ script, kwargs: [] }, 'kwargs must be an object, not an array.'],
    [{ script, env: { A: 1 } }, 'env.A must be a string, not a number.'],
    [{ script, limits: null }, 'limits must be an object, not null.'],
    [{ script, mode: 'fun' }, 'mode must be "function" or "script", not "fun".'],
    [{ script, limits: { timeout: -1 } }, 'limits.timeout must be more than 0, not -1.'],
    [{ script, limits: { memory_mb: 20.5 } }, 'limits.memory_mb must be an integer, not 20.5.'],
    [{ script, limits: { timeout: 601 } }, 'limits.timeout is 601, above its ceiling of 600.'],
    [{ script, mode: 'script', args: ['a', 1] }, 'args[1] must be a string in mode "script", not a number.'],
    [{ script, mode: 'script', kwargs: { a: 1 } }, 'kwargs must be empty in mode "script".'],
    [{ script, mode: 'script', function: 'main' }, 'function has no meaning in mode "script".'],
    [
      JSON.parse('{"script":"x","env":{"__proto__":"1"}}'),
      'env.__proto__: "__proto__" cannot be the name of an environment variable.',
    ],
    [JSON.parse('{"script":"x","__proto__":1}'), 'Unknown field "__proto__".'],
  ])('refuses %j', (body, message) => {
    const refusal = refuse(body);
    expect(refusal.category).toBe('invalid_input');
    expect(refusal.message).toBe(message);
  });

  it('tells all mistakes, and what to do about them', () => {
    const { message, suggestions } = refuse({ scirpt: script, mode: 1, limits: { timeout: 1e9, x: 1 } });
    expect(message).toMatch(/^5 things are wrong: /);
    for (const part of [
      '"scirpt"',
      '"script" is missing',
      'mode must be',
      'limits.timeout is 1000000000',
      'limits.x',
    ]) {
      expect(message).toContain(part);
    }
    expect(suggestions).toContain('Ask for a timeout of at most 600, or leave it out for the default of 10.');
  });

  it('stays short where a body is all mistakes', () => {
    const body = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`${'x'.repeat(500)}${index}`, 1]),
    );
    const { message } = refuse({ script, ...body });
    expect(message).toContain('and 4980 more');
    expect(message.length).toBeLessThan(5000);
  });

  it('counts the script in bytes', () => {
    expect(read({ script: 'x'.repeat(100) }).script).toHaveLength(100);
    expect(refuse({ script: 'é'.repeat(51) }).category).toBe('payload_too_large');
  });

  it('counts env in bytes', () => {
    const { message } = refuse({ script, env: { A: 'é'.repeat(requestCaps.envBytes / 2) } });
    expect(message).toContain('env has 65539 bytes; at most 65536');
  });

  it('takes names of kwargs and args as they are', () => {
    const kwargs = '{"__proto__":1,"constructor":5.0,"a b":2}';
    const args = '[{"__proto__":{"a":1}}]';
    expect(read(`{"script":"x","kwargs":${kwargs},"args":${args}}`)).toMatchObject({
      argsJson: args,
      kwargsJson: kwargs,
    });
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  it('bounds the depth of arguments without recursion', () => {
    expect(read(nestArguments(200)).argsJson).toHaveLength(400);
    expect(refuse(nestArguments(201)).message).toContain('more than 200 levels');
    expect(refuse(nestArguments(1e6)).message).toBe('The body is nested too deeply.');
  });

  it('refuses integers that Python would not read', () => {
    expect(read(passDigits(4300)).argsJson).toHaveLength(4303);
    expect(refuse(passDigits(4301)).message).toContain('more than 4300 digits');
  });
});
