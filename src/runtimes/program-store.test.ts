import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownName } from '../sandbox/owner.ts';
import { openProgramStore, type ProgramStoreOptions } from './program-store.ts';

const HOUR_MS = 60 * 60 * 1000;
const DEAD_OWNER = ownName().replace(/-\d+-\d+$/, '-999999999-1');

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'programs-')), 'store');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const open = (options: Partial<ProgramStoreOptions> = {}) =>
  openProgramStore({ folder, mostBytes: 1000, mostPrograms: 10, maxAgeMs: HOUR_MS, ...options });
const bytes = (count: number): Uint8Array => new Uint8Array(count).fill(7);
const age = (key: string, ms: number): Promise<void> =>
  utimes(join(folder, `program-${key}`), new Date(), new Date(Date.now() - ms));
const kept = async (): Promise<string[]> => (await readdir(folder)).toSorted((a, b) => a.localeCompare(b));

describe('a store of programs', () => {
  it('gives a program back, executable and not writable, whatever the umask is', async () => {
    const store = open();
    expect(await store.find('a')).toBeUndefined();
    const file = await store.keep('a', bytes(10));
    expect(await store.find('a')).toBe(file);
    expect((await readFile(file)).length).toBe(10);
    expect((await stat(file)).mode & 0o777).toBe(0o555);
  });

  it('gives a second store, as of another service, the same programs', async () => {
    const file = await open().keep('a', bytes(10));
    expect(await open().find('a')).toBe(file);
  });

  it('takes the same program twice, at once', async () => {
    const store = open();
    const [one, two] = await Promise.all([store.keep('a', bytes(10)), store.keep('a', bytes(10))]);
    expect(one).toBe(two);
    expect(await kept()).toEqual(['program-a']);
  });

  it('holds its bounds: what was used last stays', async () => {
    const store = open({ mostBytes: 25 });
    for (const [index, key] of ['a', 'b'].entries()) {
      await store.keep(key, bytes(10));
      await age(key, (10 - index) * 1000);
    }
    await store.find('a');
    await store.keep('c', bytes(10));
    expect(await kept()).toEqual(['program-a', 'program-c']);
  });

  it('holds their number too', async () => {
    const store = open({ mostPrograms: 2 });
    for (const [index, key] of ['a', 'b', 'c'].entries()) {
      await store.keep(key, bytes(1));
      await age(key, (10 - index) * 1000);
    }
    expect(await kept()).toEqual(['program-b', 'program-c']);
  });

  it('takes what does not fit from the owner who has most', async () => {
    const store = open({ mostPrograms: 4, mostBytes: 100 });
    await store.keep('own', bytes(10), 'ada');
    await age('own', 50_000);
    for (const [index, key] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      await store.keep(key, bytes(10), 'mallory');
      await age(key, (10 - index) * 1000);
    }
    expect(await kept()).toEqual(['program-c', 'program-d', 'program-e', 'program-own']);
    await store.keep('huge', bytes(85), 'mallory');
    expect(await kept()).toEqual(['program-huge', 'program-own']);
    await store.keep('large', bytes(95), 'ada');
    expect(await kept()).toEqual(['program-large']);
  });

  it('removes what nobody ran for long, and what dead services left half-written', async () => {
    const store = open();
    await store.keep('old', bytes(1));
    await age('old', 2 * HOUR_MS);
    await writeFile(join(folder, `draft-${DEAD_OWNER}-1`), 'half');
    await writeFile(join(folder, `draft-${ownName()}-99`), 'being written');
    await writeFile(join(folder, 'something-else'), 'not ours');
    await store.keep('new', bytes(1));
    expect(await kept()).toEqual([`draft-${ownName()}-99`, 'program-new', 'something-else']);
  });

  it('says so where it cannot write', async () => {
    await writeFile(folder, 'a file in its place');
    await expect(open().keep('a', bytes(1))).rejects.toThrow();
    expect(await open().find('a')).toBeUndefined();
  });
});
