import { realpathSync } from 'node:fs';
import { copyFile, cp, mkdir, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runTool } from '../../../host/process.ts';
import type { ImageRecipe, WarmUp } from '../../image-recipe.ts';
import { findLibraries } from './libraries.ts';

/**
 * Makes the content of a recipe in `target`, a folder that does not exist yet.
 * @throws Error when a part cannot be copied or made.
 */
export async function followRecipe(target: string, recipe: ImageRecipe, signal?: AbortSignal): Promise<void> {
  for (const folder of ['tmp', ...(recipe.folders ?? [])])
    await mkdir(join(target, folder), { recursive: true });
  for (const { from, to, without } of recipe.copies) {
    signal?.throwIfAborted();
    const place = join(target, to);
    await mkdir(dirname(place), { recursive: true });
    const unwanted = without === undefined ? undefined : new RegExp(without);
    await cp(from, place, {
      recursive: true,
      dereference: true,
      preserveTimestamps: true,
      filter: (source) => source === from || unwanted?.test(basename(source)) !== true,
    });
  }
  await copyLibraries(target, recipe);
  for (const [link, to] of Object.entries(recipe.links ?? {})) {
    await mkdir(dirname(join(target, link)), { recursive: true });
    await symlink(to, join(target, link));
  }
  if (recipe.warmUp !== undefined) await warmUp(target, recipe.warmUp, signal);
}

/** Copies the needed shared libraries, except those inside a copied folder. */
async function copyLibraries(target: string, { copies, programs }: ImageRecipe): Promise<void> {
  const libraries = programs.length === 0 ? [] : await findLibraries(programs);
  const brought = copies.map(({ from }) => `${realpathSync(from)}/`);
  for (const library of libraries) {
    if (brought.some((folder) => realpathSync(library).startsWith(folder))) continue;
    const place = join(target, library.startsWith('/usr/') ? library : `/usr${library}`);
    await mkdir(dirname(place), { recursive: true });
    await copyFile(realpathSync(library), place);
  }
}

async function warmUp(target: string, { command, env }: WarmUp, signal?: AbortSignal): Promise<void> {
  const place = (text: string): string => text.replaceAll('$IMAGE', target);
  const [file, ...args] = command.map(place);
  if (file === undefined) return;
  const scratch = join(target, 'tmp');
  const variables = Object.entries(env).map(([name, value]) => [name, place(value)] as const);
  const { ok, stderr } = await runTool(
    file,
    args,
    { ...Object.fromEntries(variables), TMPDIR: scratch },
    signal,
  );
  signal?.throwIfAborted();
  if (!ok) throw new Error(`${basename(file)} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`);
}
