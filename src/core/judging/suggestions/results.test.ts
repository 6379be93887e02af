import { expect, it } from 'vitest';
import { fail, makeEvidence, makeReport } from '../verdict/classify.test-support.ts';

it.each([
  ['set', 'type', 'Return a list: list(value) or sorted(value)'],
  ['frozenset', 'type', 'Return a list: list(value) or sorted(value)'],
  ['bytes', 'type', 'Return text: value.decode(), or base64.b64encode(value).decode() for binary data'],
  ['datetime', 'type', 'Return text: value.isoformat()'],
  ['Decimal', 'type', 'Return str(value), which keeps every digit, or float(value)'],
  ['complex', 'type', 'Return its parts: [value.real, value.imag]'],
  ['generator', 'type', 'Return a list: list(value)'],
  ['ndarray', 'type', 'Return a list: value.tolist()'],
  ['DataFrame', 'type', 'Return rows: value.to_dict("records")'],
  ['int64', 'type', 'Return a plain Python number: value.item()'],
  [
    'Point',
    'type',
    'Return plain data: vars(value) for the attributes of an object, str(value) for its text',
  ],
  [
    'constructor',
    'type',
    'Return plain data: vars(value) for the attributes of an object, str(value) for its text',
  ],
  ['tuple', 'key', 'Use text as keys: {str(key): value for key, value in data.items()}'],
  ['float', 'not_finite', 'Return None, or text such as "nan" or "inf": JSON has no NaN and no infinities'],
  [
    'list',
    'circular',
    'Return a tree: put an id or a name where the value refers back to one that contains it',
  ],
  ['list', 'depth', 'Return a flatter value: a list of rows instead of objects within objects'],
])('%s, %s', (type, reason, expected) => {
  const report = makeReport({ kind: 'invalid_result', path: 'result', type, reason });
  expect(fail(makeEvidence({ report })).suggestions[0]).toBe(expected);
});

it.each([
  [{ type: 'set', reason: 'type' }, 'result.items[3]: set is not JSON serializable'],
  [{ type: 'float', reason: 'not_finite', value: 'nan' }, 'result.items[3]: nan is not JSON serializable'],
  [
    { type: 'tuple', reason: 'key', value: '(1, 2)' },
    'result.items[3]: a tuple is no key of a JSON object ((1, 2))',
  ],
  [
    { type: 'list', reason: 'circular' },
    'result.items[3]: a list that contains itself is not JSON serializable',
  ],
])('the message of %j', (flaw, message) => {
  const report = makeReport({ kind: 'invalid_result', path: 'result.items[3]', ...flaw });
  expect(fail(makeEvidence({ report })).message).toBe(message);
});
