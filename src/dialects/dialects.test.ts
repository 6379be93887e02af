import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { checkImports } from '../../scripts/lib/imports/check-imports.ts';
import { findReader } from '../http/body-readers.ts';
import { packageRoot } from '../paths.ts';
import { dialects } from './list.ts';

describe('the list of dialects', () => {
  it('names each once, with readers that the thread for large bodies finds', async () => {
    expect(new Set(dialects.map(({ name }) => name)).size).toBe(dialects.length);
    const readers = dialects.flatMap((dialect) => dialect.readers);
    expect(readers.length).toBeGreaterThanOrEqual(dialects.length);
    expect(new Set(readers.map(({ name }) => name)).size).toBe(readers.length);
    for (const reader of readers) expect(await findReader(reader.name)).toBe(reader);
  });
});

const fifth = `import { Hono } from 'hono';
import type { AppEnv } from '../../http/app-env.ts';
import { respondJson } from '../common/respond.ts';
import type { Dialect } from '../dialect.ts';

export const fifth: Dialect = {
  name: 'fifth',
  access: { 'GET /health': 'everybody' },
  readers: [],
  createRoutes: () => new Hono<AppEnv>().get('/health', (c) => respondJson(c, { is: 'fifth' })),
};
`;

const ask = `import { createTestApp } from './http/app.test-support.ts';
import { openKeys } from './keys/open-keys.ts';
const keys = await openKeys({ file: undefined, own: [{ name: 'own', key: 'an-own-key' }] });
const app = createTestApp({ keys });
const said = async (path) => (await app.request('/dialects/fifth' + path)).text();
console.log(JSON.stringify([await said('/health'), await said('/none')]));
keys.close();
`;

describe('a fifth dialect', () => {
  const copy = mkdtempSync(join(tmpdir(), 'brig-fifth-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('is a folder of its own and a line in the list', async () => {
    const src = join(copy, 'src');
    cpSync(join(packageRoot, 'src'), src, { recursive: true });
    cpSync(join(packageRoot, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(packageRoot, 'node_modules'), join(copy, 'node_modules'));
    mkdirSync(join(src, 'dialects', 'fifth'));
    writeFileSync(join(src, 'dialects', 'fifth', 'dialect.ts'), fifth);
    const list = join(src, 'dialects', 'list.ts');
    const text = readFileSync(list, 'utf8').replace(' = [', ' = [fifth, ');
    writeFileSync(list, `import { fifth } from './fifth/dialect.ts';\n${text}`);
    expect(checkImports(src)).toEqual([]);
    writeFileSync(join(src, 'ask.ts'), ask);
    const { stdout } = await execa('node', [join(src, 'ask.ts')], { cwd: copy });
    expect(JSON.parse(stdout)).toEqual(['{"is":"fifth"}', '{"detail":"The request has no API key."}']);
  });
});
