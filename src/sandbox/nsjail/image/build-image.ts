import { existsSync, realpathSync } from 'node:fs';
import {
  appendFile,
  chmod,
  copyFile,
  cp,
  link,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Interpreter } from '../../../host/interpreter.ts';
import { makeInitProgram } from './init-program.ts';
import { makeNurseryProgram } from './nursery-program.ts';
import { makeTemplateCode } from './template-program.ts';
import { textFiles } from './etc-files.ts';
import {
  amendedModules,
  belongsToStdlib,
  deviceFiles,
  folders,
  harnessModules,
  importedPrograms,
  interpreterInJail,
  jailPaths,
  jailPrefix,
  JOIN_PROGRAM,
  laterPrograms,
  libraryInJail,
  links,
  sitePackagesInJail,
  stdlibInJail,
} from './layout.ts';
import { PROGRAM_PATH } from '../../jail-paths.ts';
import { runTool } from '../../../host/process.ts';
import { findLibraries, findOnDemandLibraries } from './libraries.ts';
import type { Tool } from './toolbox.ts';

export interface ImageParts {
  readonly interpreter: Interpreter;
  /** Folder on the host with the harness's sources. */
  readonly harness: string;
  /** Programs of the host besides the shell. */
  readonly tools: readonly Tool[];
  /** Folder with the content that a recipe made; undefined for Python alone. */
  readonly added: string | undefined;
}

/**
 * Builds the root image of a jail in `target`, a folder that does not exist yet: the interpreter, its standard
 * library, the shared libraries that those load, a shell and a few tools for `os.system`, time zones, and the harness. A jail sees
 * nothing else of the host. Files are copies, so that they do not change under a running jail.
 *
 * @throws Error when a part cannot be copied (permissions, a full disk).
 */
export async function buildImage(
  target: string,
  { interpreter, harness, tools, added }: ImageParts,
): Promise<void> {
  await makeSkeleton(target);
  await copyStdlib(target, interpreter);
  await amendStdlib(join(target, stdlibInJail(interpreter)), join(harness, 'stdlib'));
  await mkdir(join(target, sitePackagesInJail(interpreter)), { recursive: true });
  await copyPrograms(target, interpreter, tools);
  await copyData(target);
  await compile(target, interpreter, harness);
  // Hard links, because these files are the same in every image and nobody writes to them.
  if (added !== undefined) await demand('cp', ['-alf', `${added}/.`, target]);
  // Independent of the umask: readable by every jail's user, writable by none.
  await demand('chmod', ['-R', 'u+rwX,go+rX,go-w,u-s,g-s', target]);
}

async function makeSkeleton(target: string): Promise<void> {
  for (const folder of folders) await mkdir(join(target, folder), { recursive: true });
  for (const [name, to] of Object.entries(links)) await symlink(to, join(target, name));
  for (const name of deviceFiles) await writeFile(join(target, 'dev', name), '');
  await writeFile(join(target, PROGRAM_PATH), '');
  await writeFile(join(target, jailPaths.init), makeInitProgram(), { mode: 0o755 });
  await writeFile(join(target, jailPaths.nursery), makeNurseryProgram(), { mode: 0o755 });
  await writeFile(join(target, jailPaths.templateCode), makeTemplateCode());
  for (const [file, text] of Object.entries(textFiles)) await writeFile(join(target, file), text);
}

async function copyStdlib(target: string, interpreter: Interpreter): Promise<void> {
  const destination = join(target, stdlibInJail(interpreter));
  await cp(interpreter.stdlib, destination, {
    recursive: true,
    // Byte code is valid only for a source of the same modification time.
    preserveTimestamps: true,
    dereference: true,
    filter: (source) => source === interpreter.stdlib || belongsToStdlib(basename(source)),
  });
  await hideBuildPaths(destination, interpreter);
}

/** Replaces the interpreter's path on the host, which sysconfig's build variables contain many times. */
async function hideBuildPaths(stdlib: string, interpreter: Interpreter): Promise<void> {
  const prefix = jailPrefix(interpreter);
  if (interpreter.prefix === prefix) return;
  for (const name of await readdir(stdlib)) {
    if (!name.startsWith('_sysconfigdata')) continue;
    const file = join(stdlib, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(interpreter.prefix, prefix));
  }
  await removeByteCode(stdlib, '_sysconfigdata');
}

/**
 * Tells modules what the jail's filter refuses, in every interpreter of the jail, those of child processes included.
 */
async function amendStdlib(stdlib: string, additions: string): Promise<void> {
  for (const name of amendedModules) {
    await appendFile(join(stdlib, name), await readFile(join(additions, name)));
    await removeByteCode(stdlib, name.replace(/py$/, ''));
  }
}

async function removeByteCode(stdlib: string, prefix: string): Promise<void> {
  const folder = join(stdlib, '__pycache__');
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) if (name.startsWith(prefix)) await rm(join(folder, name));
}

async function copyPrograms(target: string, interpreter: Interpreter, tools: readonly Tool[]): Promise<void> {
  const executable = join(target, interpreterInJail(interpreter));
  await mkdir(dirname(executable), { recursive: true });
  await copyFile(interpreter.executable, executable);
  for (const name of ['python3', 'python']) {
    const alias = join(dirname(executable), name);
    if (!existsSync(alias)) await symlink(basename(executable), alias);
  }
  const shell = realpathSync('/bin/sh');
  await copyFile(shell, join(target, 'usr/bin/sh'));
  await chmod(join(target, 'usr/bin/sh'), 0o755);
  await copyTools(join(target, 'usr/bin'), tools);
  const modules = await findExtensionModules(interpreter.stdlib);
  const libraries = await findLibraries([
    ...[interpreter.executable, shell, ...modules],
    ...new Set(tools.map(({ file }) => file)),
  ]);
  for (const library of [...libraries, ...findOnDemandLibraries(libraries)])
    await copyLibrary(target, library, interpreter, libraries);
}

/** Copies each program once, however many names it has. A name that the image has already stays what it is. */
async function copyTools(folder: string, tools: readonly Tool[]): Promise<void> {
  const copies = new Map<string, string>();
  for (const { name, file } of tools) {
    const place = join(folder, name);
    const copy = copies.get(file);
    if (existsSync(place)) continue;
    if (copy === undefined) {
      await copyFile(file, place);
      await chmod(place, 0o755);
      copies.set(file, place);
    } else await link(copy, place);
  }
}

async function findExtensionModules(stdlib: string): Promise<string[]> {
  const folder = join(stdlib, 'lib-dynload');
  const names = existsSync(folder) ? await readdir(folder) : [];
  return names
    .filter((name) => name.endsWith('.so') && belongsToStdlib(name))
    .map((name) => join(folder, name));
}

async function copyLibrary(
  target: string,
  library: string,
  interpreter: Interpreter,
  all: readonly string[],
): Promise<void> {
  const place = libraryInJail(library, interpreter);
  await mkdir(dirname(join(target, place)), { recursive: true });
  await copyFile(realpathSync(library), join(target, place));
  if (!library.startsWith(`${interpreter.prefix}/`) || interpreter.prefix === '/usr') return;
  // In the jail, the loader searches its own folders for a library that the host finds by a path compiled into the
  // interpreter.
  const libc = all.find((path) => path.endsWith('/libc.so.6'));
  if (libc === undefined) return;
  const alias = join(target, libraryInJail(join(dirname(libc), basename(library)), interpreter));
  await mkdir(dirname(alias), { recursive: true });
  await symlink(place, alias);
}

/** Copies time zones for `zoneinfo`, the C.UTF-8 locale and descriptions of terminals for `curses`, where the host has them. */
async function copyData(target: string): Promise<void> {
  const excluded = new Set(['posix', 'right', 'localtime', 'posixrules']);
  for (const folder of ['/usr/share/zoneinfo', '/usr/lib/locale/C.utf8', '/usr/lib/terminfo']) {
    if (!existsSync(folder)) continue;
    await cp(folder, join(target, folder), {
      recursive: true,
      dereference: true,
      filter: (source) => !excluded.has(basename(source)),
    });
  }
}

/** Compiles modules without byte code (container images often strip it) and the harness, with jail paths inside. */
async function compile(target: string, interpreter: Interpreter, harness: string): Promise<void> {
  const python = interpreter.executable;
  const stdlib = join(target, stdlibInJail(interpreter));
  // Some files of a standard library are not meant to compile (templates, syntax of other versions).
  await runTool(python, ['-I', '-m', 'compileall', '-q', '-j', '0', '-s', target, '-p', '/', stdlib]);
  const programs = planPrograms(join(target, jailPaths.programs), stdlib).map(({ modules, ...rest }) => ({
    ...rest,
    modules: modules.map((name) => join(harness, name)),
  }));
  await demand(python, ['-I', join(harness, JOIN_PROGRAM), JSON.stringify(programs)]);
}

const place =
  (folder: string) =>
  (name: string): Compiled => ({ target: join(folder, `${name}c`), name, modules: [name] });

/** Lists the programs of a jail with their modules and the file name in their stack frames. */
function planPrograms(programs: string, stdlib: string): Compiled[] {
  const harness = { ...place(programs)('harness.py'), modules: harnessModules };
  return [harness, ...laterPrograms.map(place(programs)), ...importedPrograms.map(place(stdlib))];
}

interface Compiled {
  readonly target: string;
  readonly name: string;
  readonly modules: readonly string[];
}

async function demand(file: string, args: readonly string[]): Promise<void> {
  const { ok, stderr } = await runTool(file, args);
  if (!ok) throw new Error(`${file} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`);
}
