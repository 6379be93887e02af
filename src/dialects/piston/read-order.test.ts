import { describe, expect, it } from 'vitest';
import { limits } from '../../core/contract/limits.test-support.ts';
import { readPistonOrder } from './read-order.ts';

const rules = { policy: { defaults: limits, ceilings: limits }, scriptBytes: 1000 };
const read = (fields: object) =>
  readPistonOrder(
    Buffer.from(JSON.stringify({ language: 'python', version: '*', files: [{ content: '1' }], ...fields })),
    rules,
  );

describe('readPistonOrder', () => {
  it('takes arguments of every kind as text', () => {
    const args = ['a', 1, true, null, { toString: 1, valueOf: 1 }, [{ toString: 1 }]];
    const texts = ['a', '1', 'true', 'null', '{"toString":1,"valueOf":1}', '[{"toString":1}]'];
    expect(read({ args })).toMatchObject({ value: { request: { argsJson: JSON.stringify(texts) } } });
  });
});
