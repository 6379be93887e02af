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
    const doors = await Promise.all(dialects.map((dialect) => dialect.load()));
    const readers = doors.flatMap((door) => door.readers);
    expect(readers.length).toBeGreaterThanOrEqual(dialects.length);
    expect(new Set(readers.map(({ name }) => name)).size).toBe(readers.length);
    for (const reader of readers) expect(await findReader(reader.name)).toBe(reader);
  });
});

const fifth = `import { Hono } from 'hono';
import type { AppEnv } from '../../http/app-env.ts';
import { respondJson } from '../common/respond.ts';
import { count, setting } from '../../settings/setting.ts';
import type { Dialect } from '../dialect.ts';

const settings = { size: setting('BRIG_FIFTH_SIZE', count, '5', 'MiB', 'A size.') };

export const fifth: Dialect<typeof settings> = {
  name: 'fifth',
  access: { 'GET /health': 'everybody' },
  settings,
  ceilings: { size: 'maxDiskMb' },
  load: async () => ({
    readers: [],
    createRoutes: (_, { size }) => new Hono<AppEnv>().get('/health', (c) => respondJson(c, { size })),
  }),
};
`;

const ask = `import { createTestApp } from './http/app.test-support.ts';
import { parseConfig, settings } from './config.ts';
import { openKeys } from './keys/open-keys.ts';
const { dialects } = parseConfig({ BRIG_FIFTH_SIZE: '7' });
const complain = () => { try { parseConfig({ BRIG_FIFTH_SIZE: '999999999' }); } catch ({ message }) { return message; } };
const keys = await openKeys({ file: undefined, own: [{ name: 'own', key: 'an-own-key' }] });
const app = createTestApp({ keys, dialects });
const said = async (path) => (await app.request('/dialects/fifth' + path)).text();
console.log(JSON.stringify([await said('/health'), await said('/none'), settings['fifth.size'].env, complain()]));
keys.close();
`;

describe('a fifth dialect', () => {
  const copy = mkdtempSync(join(tmpdir(), 'brig-fifth-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('is a folder of its own and a line in the list, its settings included', async () => {
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
    expect(JSON.parse(stdout)).toEqual([
      '{"size":7}',
      '{"detail":"The request has no API key."}',
      'BRIG_FIFTH_SIZE',
      expect.stringContaining('BRIG_FIFTH_SIZE=999999999 is above BRIG_MAX_DISK_MB'),
    ]);
  });
});
