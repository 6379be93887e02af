import { expect, it } from 'vitest';
import { z } from 'zod';
import { toFieldIssues } from './fields.ts';
import { numberField, sizeField } from './quantities.ts';

const schema = z.object({ number: numberField(0).default(0.5), size: sizeField().default(1) });

it.each([
  [{}, { number: 0.5, size: 1 }],
  [
    { number: 2, size: '1k' },
    { number: 2, size: 1024 },
  ],
  [
    { number: ' 1.5e1 ', size: '1.5g' },
    { number: 15, size: 1_610_612_736 },
  ],
  [
    { number: true, size: '0' },
    { number: 1, size: 0 },
  ],
  [{ number: '.5' }, { number: 0.5, size: 1 }],
])('reads %j', (given, value) => {
  expect(schema.parse(given)).toEqual(value);
});

it.each<[object, string]>([
  [{ number: null }, 'float_type'],
  [{ number: '1,5' }, 'float_parsing'],
  [{ number: '0x10' }, 'float_parsing'],
  [{ number: '9'.repeat(400) }, 'finite_number'],
  [{ number: -1 }, 'greater_than_equal'],
  [{ size: 100 }, 'string_type'],
  [{ size: '-1m' }, 'value_error'],
])('says what is wrong with %j', (given, type) => {
  const { error } = schema.safeParse(given);
  expect(error && toFieldIssues(error)).toMatchObject([{ type }]);
});
