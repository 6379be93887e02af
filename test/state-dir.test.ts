import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { provideImage } from '../src/sandbox/nsjail/image/image-store.ts';
import { interpreterInJail } from '../src/sandbox/nsjail/image/layout.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'state-dir-'));
  await chmod(state, 0o755);
});
afterEach(() => rm(state, { recursive: true }));

it('says of an interpreter that cannot be run, as on a file system without programs, what is the matter', async () => {
  const { folder, interpreter } = await provideImage({ python: 'python3' }, state);
  const modes = await Promise.all(
    (await readdir(join(folder, 'usr/bin'))).map(
      async (name) => (await stat(join(folder, 'usr/bin', name))).mode,
    ),
  );
  expect(modes.length).toBeGreaterThan(20);
  expect(modes.filter((mode) => (mode & 0o7022) !== 0)).toEqual([]);
  // The kernel says the same of a file without the right and of one on a file system that is mounted `noexec`.
  await chmod(join(folder, interpreterInJail(interpreter)), 0o644);
  const again = provideImage({ python: 'python3' }, state);
  await expect(again).rejects.toThrow('cannot be run');
  await expect(again).rejects.toMatchObject({ remedy: expect.stringContaining('noexec') as string });
});
