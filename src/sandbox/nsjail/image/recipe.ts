import { realpathSync } from 'node:fs';
import { copyFile, cp, mkdir, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runTool } from '../process.ts';
import { findLibraries } from './libraries.ts';

/** Content of a root image besides the interpreter that starts programs. Every field affects the image's name. */
export interface ImageRecipe {
  /** Beginning of the image's name: `node-24.21.0`. */
  readonly name: string;
  /** Files and folders of the host, and their places in the image. */
  readonly copies: readonly ImageCopy[];
  /** Programs and libraries of the host whose shared libraries are copied as well. */
  readonly programs: readonly string[];
  /** Empty folders that serve as mount points. */
  readonly folders?: readonly string[];
  /** Links in the image, with their targets. */
  readonly links?: Readonly<Record<string, string>>;
  /** Command run last, on the host, in the image's folder, by programs that were copied into it. */
  readonly warmUp?: WarmUp;
}

interface ImageCopy {
  readonly from: string;
  readonly to: string;
  /** Regular expression for names of files and folders that are left out. */
  readonly without?: string;
}

/** Command that fills a cache in the image; `$IMAGE` stands for the image's folder. */
interface WarmUp {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Makes the content of a recipe in `target`, a folder that does not exist yet.
 * @throws Error when a part cannot be copied or made.
 */
export async function followRecipe(target: string, recipe: ImageRecipe): Promise<void> {
  for (const folder of ['tmp', ...(recipe.folders ?? [])])
    await mkdir(join(target, folder), { recursive: true });
  for (const { from, to, without } of recipe.copies) {
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
  if (recipe.warmUp !== undefined) await warmUp(target, recipe.warmUp);
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

async function warmUp(target: string, { command, env }: WarmUp): Promise<void> {
  const place = (text: string): string => text.replaceAll('$IMAGE', target);
  const [file, ...args] = command.map(place);
  if (file === undefined) return;
  const scratch = join(target, 'tmp');
  const variables = Object.entries(env).map(([name, value]) => [name, place(value)] as const);
  const { ok, stderr } = await runTool(file, args, { ...Object.fromEntries(variables), TMPDIR: scratch });
  if (!ok) throw new Error(`${basename(file)} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`);
}
