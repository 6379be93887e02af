import { describe, expect, it } from 'vitest';
import { failWith, makeEvidence, makeReport, fail } from '../verdict/classify.test-support.ts';

const candidates = ['counter', 'total', 'print', 'len', '__name__', '_private'];

function suggest(what: string, type: string, name: string, more: object = {}): string[] {
  return failWith({ type, missing: { what, name, candidates, ...more } }).suggestions;
}

describe('NameError', () => {
  it.each([
    ['countr', ['Did you mean "counter"?']],
    ['Total', ['Did you mean "total"?']],
    ['json', ['Add `import json`']],
    [
      'np',
      [
        'Add `import numpy as np`',
        'The environment "default" has the standard library only, so numpy is not there',
      ],
    ],
    ['defaultdict', ['Add `from collections import defaultdict`']],
    ['timedelta', ['Add `from datetime import timedelta`']],
    ['true', ['Write True: Python 3 has no true']],
    ['raw_input', ['Write input(): Python 3 has no raw_input']],
    ['private', ['Look for what raises NameError']],
    ['__nam__', ['Did you mean "__name__"?']],
    ['constructor', ['Look for what raises NameError']],
  ])('%s', (name, expected) => {
    expect(suggest('name', 'NameError', name).slice(0, expected.length)).toEqual(expected);
  });

  it('of a local variable without a value speaks of its scope', () => {
    const message = "cannot access local variable 'total' where it is not associated with a value";
    expect(failWith({ type: 'UnboundLocalError', message }).suggestions[1]).toContain('`global total`');
  });
});

describe('AttributeError', () => {
  it.each([
    ['apend', { of: 'list', candidates: ['append', 'pop'] }, 'Did you mean "append"?'],
    [
      'iteritems',
      { of: 'dict', candidates: ['items', 'keys'] },
      'Write value.items(): dict has no ".iteritems"',
    ],
    ['length', { of: 'str', candidates: ['strip'] }, 'Write len(value): str has no ".length"'],
    ['add', { of: 'Account', candidates: ['deposit', '_secret'] }, 'Account has deposit'],
    [
      'Mapping',
      { of: 'collections', candidates: ['Counter'] },
      'Add `from collections.abc import Mapping`: it has moved there',
    ],
    ['group', { of: 'NoneType', candidates: [] }, 'Check for None before ".group"'],
  ])('%s of %j', (name, more, expected) => {
    expect(suggest('attribute', 'AttributeError', name, more)[0]).toContain(expected);
  });
});

describe('ImportError', () => {
  it.each([
    [
      'OrderedDct',
      'collections',
      ['OrderedDict'],
      'Did you mean "OrderedDict"? Write `from collections import OrderedDict`',
    ],
    [
      'Mapping',
      'collections',
      ['OrderedDict'],
      'Write `from collections.abc import Mapping`: it has moved there',
    ],
    ['Counter', 'itertools', ['chain'], 'Write `from collections import Counter`'],
  ])('%s from %s', (name, of, there, expected) => {
    expect(suggest('import', 'ImportError', name, { of, candidates: there })[0]).toBe(expected);
  });
});

const suggestEntry = (report: object): string[] =>
  fail(makeEvidence({ report: makeReport({ kind: 'missing_main', ...report }) }), {
    availableFunctions: [],
  }).suggestions;

describe('a missing entry point', () => {
  it('names a function that is near', () => {
    expect(suggestEntry({ functions: ['mian', 'other'] })).toEqual([
      'Did you mean mian()? Rename it to main(), or call it with "function": "mian"',
      'Add a main() function to your script',
      "Example: def main():\n    # Your code here\n    return 'success'",
    ]);
  });

  it('names mode script where there is no function', () => {
    expect(suggestEntry({}).at(-1)).toBe('Run the file as it is with "mode": "script"');
    expect(suggestEntry({ functions: ['other'] })).toHaveLength(2);
  });

  it('speaks of the value that bears the name', () => {
    expect(suggestEntry({ found: 'int' })[0]).toBe(
      'Give the value main (an int) another name, and add a main() function to your script',
    );
  });
});
