import { expect, it } from 'vitest';
import { findFolder } from './find-folder.ts';

const here = import.meta.dirname;

it('gives the whole path of a folder', async () => {
  expect(await findFolder(`${here}/../cli`)).toBe(here);
});

it('says which one is not there, or is none', async () => {
  await expect(findFolder(`${here}/nope`)).rejects.toThrow(`There is no folder ${here}/nope.`);
  await expect(findFolder(import.meta.filename)).rejects.toThrow(`${import.meta.filename} is no folder.`);
});
