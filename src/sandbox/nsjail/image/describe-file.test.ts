import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFile } from './describe-file.ts';

describe('describeFile', () => {
  let folder: string;
  const file = (): string => join(folder, 'file');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brig-describe-'));
    await writeFile(file(), 'one');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tells another size or time of a file, and no part of a second', async () => {
    await utimes(file(), 1000, 1000.2);
    const first = await describeFile(file());
    await utimes(file(), 1000, 1000.7);
    expect(await describeFile(file())).toBe(first);
    await utimes(file(), 1000, 1001);
    expect(await describeFile(file())).not.toBe(first);
    await writeFile(file(), 'other');
    await utimes(file(), 1000, 1000);
    expect(await describeFile(file())).not.toBe(first);
  });

  it('says the same of a folder whatever size its file system gives it', async () => {
    await utimes(folder, 1000, 1000);
    const first = await describeFile(folder);
    const names = Array.from({ length: 300 }, (_, index) =>
      join(folder, `a-name-that-takes-its-room-${index}`),
    );
    for (const name of names) await writeFile(name, '');
    await utimes(folder, 1000, 1000);
    expect(await describeFile(folder)).toBe(first);
  });

  it('says nothing of what is not there', async () => {
    expect(await describeFile(join(folder, 'nothing'))).toBe('');
  });
});
