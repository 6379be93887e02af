import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeIssues } from './describe-issue.ts';

const schema = z.strictObject({
  version: z.literal(1),
  scopes: z.array(z.enum(['a', 'b'])).max(2),
  ceilings: z.object({ memory_mb: z.int().min(16).max(99) }).optional(),
  name: z.string().min(1).max(3).regex(/^\w*$/, 'a name has letters only'),
});
const right = { version: 1, scopes: ['a'], name: 'x' };

it.each<[unknown, string]>([
  [[], 'it must be an object'],
  [{ ...right, version: 2 }, 'version: must be 1'],
  [{ ...right, scopes: ['c'] }, 'scopes.0: must be "a" or "b"'],
  [{ ...right, scopes: ['a', 'a', 'b'] }, 'scopes: must have at most 2 elements'],
  [{ ...right, ceilings: { memory_mb: 1 } }, 'ceilings.memory_mb: must be at least 16'],
  [{ ...right, ceilings: { memory_mb: 1.5 } }, 'ceilings.memory_mb: must be an integer'],
  [{ ...right, ceilings: { memory_mb: 100 } }, 'ceilings.memory_mb: must be at most 99'],
  [{ ...right, name: '' }, 'name: must not be empty'],
  [{ ...right, name: '-' }, 'name: a name has letters only'],
  [{ ...right, name: 'abcd', version: 0 }, 'version: must be 1; name: must be at most 3 characters long'],
  [{ ...right, more: 1 }, 'Unrecognized key: "more"'],
])('%j: %s', (value, words) => {
  expect(describeIssues(schema.safeParse(value).error?.issues ?? [])).toBe(words);
});
