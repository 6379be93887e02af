import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parsePolicy } from './parse-policy.ts';
import { planPolicy, readPolicy } from './read-policy.ts';

let folder: string;
const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brig-policy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('puts a policy first, whose word then counts', () => {
  const seccomp = write(
    'a.kafel',
    '#define ONE 1\n\nPOLICY a { ALLOW { read, write } }\n\nUSE a DEFAULT ERRNO(38)\n',
  );
  const first = write('b.kafel', '// Why.\nPOLICY b { ERRNO(ONE) { write } }\n');
  const text = readPolicy({ seccomp, first });
  expect(text).toBe(
    '#define ONE 1\n\n// Why.\nPOLICY b { ERRNO(ONE) { write } }\n\nPOLICY a { ALLOW { read, write } }\n\nUSE b, USE a DEFAULT ERRNO(38)\n',
  );
  expect(parsePolicy(text).rules[0]).toMatchObject({ call: 'write' });
  expect(planPolicy({ seccomp, first })).toEqual(['--seccomp_string', text]);
  expect(planPolicy({ seccomp })).toEqual(['--seccomp_policy', seccomp]);
});

it('refuses files that do not fit together, rather than leave one out', () => {
  const seccomp = write('c.kafel', 'POLICY c { ALLOW { read } }\n');
  const first = write('d.kafel', 'POLICY d { ALLOW { write } }\n');
  expect(() => readPolicy({ seccomp, first })).toThrow('cannot come before');
  expect(() => readPolicy({ seccomp: first, first: write('e.kafel', '// nothing\n') })).toThrow(
    'has no POLICY',
  );
});
