import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importFolder } from './import-folder.ts';
import { storeFull } from './limits.ts';

const limits = { storeMb: 1, storeFiles: 100 };
const caps = { bytes: 1024 * 1024, inodes: 100, exceed: () => storeFull(limits) };

it('names the folder that is not there, or is none', async () => {
  const target = join(import.meta.dirname, 'never');
  for (const source of ['/nope', import.meta.filename]) {
    await expect(importFolder(source, target, caps)).rejects.toThrow(`There is no folder ${source}.`);
  }
});

it('says which bound a folder exceeds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'brig-import-'));
  const target = await mkdtemp(join(tmpdir(), 'brig-import-'));
  try {
    await writeFile(join(folder, 'large.py'), new Uint8Array(2 * 1024 * 1024));
    await expect(importFolder(folder, target, caps)).rejects.toThrow(
      'The environments take more than 1 MiB (BRIG_ENVIRONMENTS_MB)',
    );
  } finally {
    for (const one of [folder, target]) await rm(one, { recursive: true });
  }
});
