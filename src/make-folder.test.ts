import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'brig-folders-'));
});
afterAll(() => rm(home, { recursive: true }));

describe('makeFolder', () => {
  it('makes what is missing, once, also where several do at the same time', async () => {
    const folder = join(home, 'a', 'b', 'c');
    await Promise.all([makeFolder(folder, 0o700), makeFolder(folder, 0o700)]);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await makeFolder(folder);
    await makeFolder('/');
  });

  it('fails where a file system makes none, and where a file lies in the way', async () => {
    await expect(makeFolder('/proc/nope')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(makeFolder('/proc/nope/below')).rejects.toMatchObject({ code: 'ENOENT' });
    const file = join(home, 'file');
    await writeFile(file, '');
    await expect(makeFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
