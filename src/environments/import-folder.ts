import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, realpath, stat, utimes, chmod } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { BuildFailure } from './build-failure.ts';
import { createDiskMeter, type TreeCaps } from './disk-use.ts';
import { OWN_FOLDER, type ReceivedTree } from './receive-tree.ts';

/**
 * Copies an operator's own folder of packages, as `pip install --target` makes it. Replaces links by their targets,
 * which must lie in the folder too. Keeps modification times, because byte code is valid only for a source of the
 * same time.
 *
 * @throws BuildFailure when an entry is no file of a package, or the tree is too large.
 */
export async function importFolder(source: string, target: string, caps: TreeCaps): Promise<ReceivedTree> {
  const root = await realpath(source).catch(() => undefined);
  if (root === undefined || !(await stat(root)).isDirectory()) {
    throw new BuildFailure('invalid_files', `There is no folder ${source}.`);
  }
  const hash = createHash('sha256');
  const meter = createDiskMeter(caps);
  let bytes = 0;

  const copy = async (from: string, to: string, depth: number): Promise<void> => {
    const real = await realpath(from);
    if (depth > 40 || (real !== root && !real.startsWith(root + sep))) throw refuse(relative(root, from));
    const state = await stat(real);
    if (state.isDirectory()) {
      if (depth > 0) {
        meter.addFolder(relative(target, to));
        await mkdir(to, { mode: 0o755 });
      }
      const names = (await readdir(real)).filter((name) => depth > 0 || name !== OWN_FOLDER);
      for (const name of names.toSorted()) await copy(join(real, name), join(to, name), depth + 1);
      return;
    }
    if (!state.isFile()) throw refuse(relative(root, from));
    bytes += state.size;
    meter.addFile(relative(target, to), state.size);
    const mode = (state.mode & 0o100) === 0 ? 0o644 : 0o755;
    await copyFile(real, to);
    await chmod(to, mode);
    await utimes(to, state.mtime, state.mtime);
    hash.update(`${relative(target, to)}\0${mode} ${state.size} ${Math.floor(state.mtimeMs / 1000)}\n`);
    for await (const chunk of createReadStream(to)) hash.update(chunk as Buffer);
  };

  await copy(root, target, 0);
  return { digest: hash.digest('hex'), bytes, disk: meter.used() };
}

const refuse = (path: string): BuildFailure =>
  new BuildFailure('invalid_files', `${path} is no file of the folder, or leads out of it.`);
