import { expect, it } from 'vitest';
import { z } from 'zod';
import { read, textMapField, toFieldIssues } from './fields.ts';

it('tells no more of a long name, or of what is said of it, than anybody reads', () => {
  const long = 'a'.repeat(1_000_000);
  const schema = z.object({
    files: textMapField(),
    name: read((value) => ({ type: 'x', msg: String(value) })),
  });
  const { error } = schema.safeParse({ files: { [long]: 1 }, name: long });
  const issues = error === undefined ? [] : toFieldIssues(error);
  expect(issues.map(({ type, loc }) => [type, loc.slice(0, 2)])).toEqual([
    ['string_type', ['body', 'files']],
    ['x', ['body', 'name']],
  ]);
  expect(JSON.stringify(issues).length).toBeLessThan(1000);
});
