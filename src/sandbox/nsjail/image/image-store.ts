import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, constants, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolder } from '../../../make-folder.ts';
import { packageRoot } from '../../../paths.ts';
import { JailFailure } from '../../sandbox.ts';
import { judgeOwner, ownName } from '../../owner.ts';
import { checkStateDir } from '../check-state-dir.ts';
import { findBarrier } from '../reach.ts';
import { buildImage, type ImageParts } from './build-image.ts';
import { describeFile } from './describe-file.ts';
import { inspectInterpreter, type Interpreter } from '../../../host/interpreter.ts';
import { makeInitProgram } from './init-program.ts';
import { makeNurseryProgram } from './nursery-program.ts';
import { makeTemplateCode } from './template-program.ts';
import {
  amendedModules,
  describeSkeleton,
  harnessModules,
  importedPrograms,
  interpreterInJail,
  JOIN_PROGRAM,
  laterPrograms,
} from './layout.ts';
import { followRecipe } from './recipe.ts';
import { findTools } from './toolbox.ts';
import type { ImageRecipe } from '../../image-recipe.ts';

/** Raised when the build of images changes, so that older ones are not reused. */
const FORMAT = 5;
/** Distinguishes the drafts that this process builds at the same time. */
let drafts = 0;
/** Milliseconds without use after which an image is removed. */
const UNUSED_MS = 7 * 24 * 60 * 60 * 1000;

/** Sources of an image. */
export interface ImageSource {
  /** Path of the interpreter, or its name on `PATH`. */
  readonly python: string;
  /** Whether the image has tools besides a shell; it has them unless this says `off`. */
  readonly toolbox?: 'on' | 'off' | undefined;
  /** Extra content of the image: the parts of another runtime. */
  readonly recipe?: ImageRecipe | undefined;
}

export interface RootImage {
  /** Folder that becomes a jail's root. */
  readonly folder: string;
  readonly interpreter: Interpreter;
}

/** Returns the service's state folder: from the setting, else one that the ids of jails can read. */
export function resolveStateDir(setting: string | undefined): string {
  if (setting !== undefined) return resolve(setting);
  if (process.getuid?.() === 0) return '/var/lib/brig';
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'brig');
}

/**
 * Returns the root image for an interpreter: a previous one if its sources are unchanged, else a new one. Builds
 * aside and renames into place, so that a killed build never passes for an image, and two services that build the
 * same image at once both get it. Takes an image in `preparedDir` as it is.
 *
 * @param signal ends the making of a recipe's content, which can take a minute.
 * @throws JailFailure that names the folder and a remedy.
 */
export async function provideImage(
  { python, toolbox, recipe }: ImageSource,
  stateDir: string,
  preparedDir?: string,
  signal?: AbortSignal,
): Promise<RootImage> {
  checkStateDir(stateDir);
  if (preparedDir !== undefined) checkStateDir(preparedDir, 'BRIG_PREPARED_DIR');
  const interpreter = await inspectInterpreter(python);
  const harness = join(packageRoot, 'harness');
  const tools = toolbox === 'off' ? [] : await findTools();
  const name = await fingerprint({ interpreter, harness, tools, recipe });
  const prepared = preparedDir === undefined ? undefined : join(resolve(preparedDir), 'images', name);
  if (prepared !== undefined && existsSync(prepared)) {
    await checkReachable(prepared);
    await checkRunnable(prepared, interpreter);
    return { folder: prepared, interpreter };
  }
  const images = join(stateDir, 'images');
  const folder = join(images, name);
  try {
    if (existsSync(folder)) await markUsed(folder);
    else {
      const added = recipe && (await provideParts(images, recipe, signal));
      await build(images, folder, (draft) => buildImage(draft, { interpreter, harness, tools, added }));
    }
  } catch (error) {
    throw new JailFailure('The root image of jails cannot be made.', {
      remedy:
        'Name a folder that the service can write, on a disk with 200 MB free (1 GB with Rust), in BRIG_STATE_DIR.',
      detail: `${images}: ${(error as Error).message}`,
      cause: error,
    });
  }
  await checkReachable(folder);
  await checkRunnable(folder, interpreter);
  await sweepImages(images, folder).catch(() => undefined);
  return { folder, interpreter };
}

/** Marks an image as used; call it from time to time while the image is in use. */
export async function markUsed(folder: string): Promise<void> {
  // Fails in a read-only store, as in a container, where nothing is ever removed either.
  await utimes(folder, new Date(), new Date()).catch(() => undefined);
}

/**
 * Makes the content of a recipe in a folder of its own, to whose files images link: it takes long, and depends
 * neither on the interpreter nor on the harness.
 */
async function provideParts(images: string, recipe: ImageRecipe, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256').update(`${FORMAT}\n${JSON.stringify(recipe)}\n`);
  for (const file of ['/etc/ld.so.cache', ...recipe.copies.map(({ from }) => from)]) {
    hash.update(await describeFile(file));
  }
  const folder = join(images, `parts-${recipe.name}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) await markUsed(folder);
  else await build(images, folder, (draft) => followRecipe(draft, recipe, signal));
  return folder;
}

async function build(images: string, folder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  await makeFolder(images, 0o755);
  const draft = join(images, `draft-${ownName()}-${(drafts += 1)}`);
  await rm(draft, { recursive: true, force: true });
  try {
    await fill(draft);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another service was faster with the same image.
    if (!existsSync(folder)) throw error;
  }
}

/**
 * Computes a fingerprint of everything that an image depends on, without reading it all: a distribution's update of
 * any library renews ld.so.cache.
 */
async function fingerprint({
  interpreter,
  harness,
  tools,
  recipe,
}: Pick<ImageParts, 'interpreter' | 'harness' | 'tools'> & {
  readonly recipe: ImageRecipe | undefined;
}): Promise<string> {
  const hash = createHash('sha256').update(`${FORMAT}\n${JSON.stringify(interpreter)}\n`);
  hash.update(describeSkeleton());
  const amendments = amendedModules.map((name) => join('stdlib', name));
  const programs = [JOIN_PROGRAM, ...harnessModules, ...laterPrograms, ...importedPrograms];
  for (const name of [...programs, ...amendments]) {
    hash.update(await readFile(join(harness, name)));
  }
  for (const file of [
    interpreter.executable,
    interpreter.stdlib,
    interpreter.library,
    '/etc/ld.so.cache',
    '/bin/sh',
    ...(recipe?.copies.map(({ from }) => from) ?? []),
  ]) {
    if (file !== null) hash.update(await describeFile(file));
  }
  hash.update(JSON.stringify(tools));
  for (const file of new Set(tools.map((tool) => tool.file))) hash.update(await describeFile(file));
  hash.update(makeInitProgram());
  hash.update(makeNurseryProgram());
  hash.update(makeTemplateCode());
  hash.update(JSON.stringify(recipe ?? null));
  return `${recipe?.name ?? `python-${interpreter.version}`}-${hash.digest('hex').slice(0, 16)}`;
}

/**
 * Checks that jails, which run under ids of their own when the service is root, can enter every folder above the
 * image.
 */
async function checkReachable(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const barrier = findBarrier(folder);
  if (barrier !== undefined) {
    throw new JailFailure('Jails cannot reach their root image.', {
      remedy: 'Name a folder in BRIG_STATE_DIR that every user may enter.',
      detail: `${barrier} may be entered by its owner only`,
    });
  }
  await access(folder, constants.R_OK);
}

/** Checks that the interpreter can run, because a jail would only report that it was not started. */
async function checkRunnable(folder: string, interpreter: Interpreter): Promise<void> {
  const file = join(folder, interpreterInJail(interpreter));
  await access(file, constants.X_OK).catch((error: unknown) => {
    throw new JailFailure('The interpreter in the root image of jails cannot be run.', {
      remedy: 'Name a folder in BRIG_STATE_DIR on a file system that is not mounted noexec.',
      detail: file,
      cause: error,
    });
  });
}

/** Removes drafts of services that died, and images unused for long. */
async function sweepImages(images: string, current: string): Promise<void> {
  for (const name of await readdir(images)) {
    const folder = join(images, name);
    if (folder === current) continue;
    const draftOf = /^draft-(.+)$/.exec(name)?.[1];
    const { mtimeMs } = await stat(folder);
    const stale = draftOf === undefined ? isUnused(mtimeMs) : judgeOwner(draftOf) === 'dead';
    if (stale) await rm(folder, { recursive: true, force: true });
  }
}

const isUnused = (mtimeMs: number): boolean => Date.now() - mtimeMs > UNUSED_MS;
