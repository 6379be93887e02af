import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANIFEST_FORMAT } from './manifest.ts';
import { openStore, type EnvironmentStore } from './store.ts';

const idOf = (letter: string): string => letter.repeat(64);

async function keep(store: EnvironmentStore, name: string, letter: string): Promise<void> {
  await using draft = await store.createDraft();
  await writeFile(join(draft.packages, 'module.py'), letter);
  const id = idOf(letter);
  await store.keepTree(draft, {
    ...{ format: MANIFEST_FORMAT, id, runtime: 'python', runtime_version: '3.11.2', size_bytes: 1 },
    ...{ packages: [], broken: [], fonts: null },
  });
  await store.point(name, { id, preload: [], order: '', created_at: '2026-01-01T00:00:00.000Z' });
}

describe('a store beside a prepared one', () => {
  let [own, prepared] = ['', ''];
  let store: EnvironmentStore;
  const names = async (): Promise<string[]> =>
    (await store.readAll()).map(({ name, pointer }) => `${name} ${pointer.id.slice(0, 1)}`);

  const manifestOf = async (name: string) =>
    (await store.readAll()).find((one) => one.name === name)?.manifest;

  beforeAll(async () => {
    own = await mkdtemp(join(tmpdir(), 'brig-store-own-'));
    prepared = await mkdtemp(join(tmpdir(), 'brig-store-prepared-'));
    await keep(openStore(prepared), 'default', 'a');
    store = openStore(own, prepared);
  });
  afterAll(async () => {
    for (const folder of [own, prepared]) await rm(folder, { recursive: true, force: true });
  });

  it('has what was prepared while it has nothing of its own', async () => {
    expect(await names()).toEqual(['default a']);
    expect(store.packagesOf(idOf('a'))).toBe(join(prepared, 'environments', 'trees', idOf('a'), 'packages'));
    expect((await store.measure(undefined)).all).toEqual({ bytes: 0, inodes: 0 });
  });

  it('prefers what it has itself, and writes nowhere else', async () => {
    await keep(store, 'default', 'b');
    await keep(store, 'other', 'c');
    expect(await names()).toEqual(['default b', 'other c']);
    expect(store.packagesOf(idOf('b'))).toBe(join(own, 'environments', 'trees', idOf('b'), 'packages'));
    expect(await readdir(join(prepared, 'environments', 'trees'))).toEqual([idOf('a')]);
  });

  it('reads what describes a tree once, and no longer than the tree is there', async () => {
    const first = await manifestOf('other');
    expect(first).toBeDefined();
    expect(await manifestOf('other')).toBe(first);
    const tree = join(own, 'environments', 'trees', idOf('c'));
    await rename(tree, `${tree}-aside`);
    expect(await manifestOf('other')).toBeUndefined();
    await rename(`${tree}-aside`, tree);
    expect(await manifestOf('other')).toEqual(first);
  });

  it('removes what is its own, and shows what was prepared again', async () => {
    expect(await store.removeName('default')).toBe(true);
    expect(await store.removeName('default')).toBe(false);
    await store.sweep(0);
    expect(await names()).toEqual(['default a', 'other c']);
    expect(await readdir(join(own, 'environments', 'trees'))).toEqual([idOf('c')]);
  });
});
