import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeKeyFile } from './change-key-file.ts';
import { createRecord } from './create-record.ts';
import { parseKeyFile, writeKeyFile } from './key-file.ts';
import { watchKeyFile } from './watch-key-file.ts';

const fail = (): never => {
  throw new Error('no');
};
const make = (name: string) => createRecord({ name }, new Date()).record;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-file-'));
  file = join(folder, 'keys.json');
});
afterEach(() => rm(folder, { recursive: true }));

const absent = 'it is not there; `brig key create --name NAME` makes it.';

describe('changeKeyFile', () => {
  it('loses nothing when many change it at once, and leaves nothing beside it', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `key-${index}`);
    await Promise.all(names.map((name) => changeKeyFile(file, (keys) => [...keys, make(name)])));
    const written = parseKeyFile(await readFile(file, 'utf8')).map(({ name }) => name);
    expect(written.toSorted()).toEqual(names.toSorted());
    expect(await readdir(folder)).toEqual(['keys.json']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('leaves a file as it was where it is broken or the change cannot be made', async () => {
    await writeFile(file, '{"version": 1, "keys": [');
    await expect(changeKeyFile(file, (keys) => keys)).rejects.toThrow(
      /keys.json cannot be used: it is not JSON/,
    );
    await writeFile(file, writeKeyFile([make('ada')]));
    const before = await readFile(file, 'utf8');
    await expect(changeKeyFile(file, fail)).rejects.toThrow('no');
    expect(await readFile(file, 'utf8')).toBe(before);
    await expect(changeKeyFile(join(folder, 'none/keys.json'), (keys) => keys)).rejects.toThrow(/no folder/);
  });

  it('makes the folder of a first key, where it can', async () => {
    const deep = join(folder, 'etc/brig/keys.json');
    await changeKeyFile(deep, () => [make('ada')], { makesFolder: true });
    expect(parseKeyFile(await readFile(deep, 'utf8'))).toHaveLength(1);
    expect((await stat(join(folder, 'etc/brig'))).mode & 0o022).toBe(0);
    await expect(changeKeyFile('/proc/nope/keys.json', fail, { makesFolder: true })).rejects.toThrow(
      /There is no folder \/proc\/nope .* cannot be made \(ENOENT\)\. Set BRIG_KEYS_FILE/,
    );
  });

  it('changes what a link points at, and keeps its mode', async () => {
    const link = join(folder, 'link.json');
    await writeFile(file, writeKeyFile([make('ada')]));
    await chmod(file, 0o640);
    await symlink(file, link);
    await changeKeyFile(link, (keys) => [...keys, make('bob')]);
    expect(parseKeyFile(await readFile(file, 'utf8'))).toHaveLength(2);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });
});

describe('watchKeyFile', () => {
  it('tells of each state of the file', async () => {
    const seen: string[] = [];
    const note = (names: readonly { readonly name: string }[]) =>
      seen.push(names.map(({ name }) => name).join('+'));
    const until = (last: string) => expect.poll(() => seen.at(-1), { timeout: 4000 }).toBe(last);
    await changeKeyFile(file, () => [make('ada')]);
    const close = await watchKeyFile(
      file,
      { onKeys: note, onFailure: (error) => seen.push(String(error).replace(/.*used: /, '')) },
      10,
    );
    await changeKeyFile(file, (keys) => [...keys, make('bob')]);
    await until('ada+bob');
    await writeFile(file, '{');
    await until('it is not JSON.');
    await sleep(100);
    await rm(file);
    await until(absent);
    await writeFile(file, writeKeyFile([make('eve')]));
    await until('eve');
    close();
    await changeKeyFile(file, () => []);
    await sleep(100);
    // A file written in place is empty for a moment, which a reader may or may not see.
    const told = seen.filter((text) => text !== 'it is empty.');
    expect([...new Set(told)]).toEqual(['ada', 'ada+bob', 'it is not JSON.', absent, 'eve']);
  });

  it('wants a file that can be used', async () => {
    const listener = { onKeys: () => {}, onFailure: () => {} };
    await expect(watchKeyFile(file, listener)).rejects.toThrow(/it is not there/);
    await expect(watchKeyFile(folder, listener)).rejects.toThrow(/no regular file/);
  });
});
