import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';
import { examples, readExample } from './support/examples.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

describe('the examples', () => {
  it.each(examples)(
    '$file ends as examples.json says',
    async ({ file, request, expect: wanted, suggests }) => {
      const { status, body } = await service.execute({ script: readExample(file), ...request });
      expect(status).toBe(200);
      expect(body).toMatchObject(wanted);
      if (wanted.success) return;
      expect(suggests).toBeTypeOf('string');
      expect(body.suggestions?.filter((one) => one.includes(suggests ?? ''))).toHaveLength(1);
    },
  );

  it('are all in examples.json, and in the README of their folder', () => {
    const files = readdirSync(join(packageRoot, 'examples'), { recursive: true, encoding: 'utf8' });
    const scripts = files.filter((file) => file.endsWith('.py')).toSorted();
    expect(examples.map(({ file }) => file).toSorted()).toEqual(scripts);
    const readme = readExample('README.md');
    const unnamed = examples.filter(
      ({ file, about }) => !readme.includes(`| [${file}](${file}) | ${about} |`),
    );
    expect(unnamed).toEqual([]);
  });
});
