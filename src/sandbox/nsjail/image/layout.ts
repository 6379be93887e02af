import { basename, join } from 'node:path';
import { textFiles } from './etc-files.ts';
import type { Interpreter } from '../../../host/interpreter.ts';

/** Paths inside a jail. */
export const jailPaths = {
  programs: '/opt/brig',
  init: '/opt/brig/init',
  nursery: '/opt/brig/nursery',
  templateCode: '/opt/brig/template.code',
  harness: '/opt/brig/harness.pyc',
  workDir: '/work',
  names: '/etc/names',
} as const;

/**
 * Modules of the harness, in `harness/jail` on the host, each after those that it imports. They are joined into one
 * program when an image is made, which starts faster than many files.
 */
export const harnessModules = [
  'messages',
  'own',
  'places',
  'guard',
  'descriptors',
  'results',
  'store',
  'protocol',
  'surroundings',
  'rooted',
  'calls',
  'missing',
  'failures',
  'figures',
  'finish',
  'flags',
  'interpreters',
  'globs',
  'files',
  'run',
  'programs',
  'main',
].map((name) => `jail/${name}.py`);

/** Programs that the harness of a jail loads on demand, below `harness` on the host. */
export const laterPrograms = [
  'preflight/__init__.py',
  'preflight/entry_point.py',
  'preflight/imports.py',
  'preflight/statements.py',
  'template/__init__.py',
  'template/machine.py',
  'template/reseed.py',
  'session/__init__.py',
  'session/cells.py',
  'session/displays.py',
  'session/figures.py',
  'session/inspection.py',
  'session/interrupts.py',
  'session/listing.py',
] as const;

/** Programs that packages import by name; placed beside the standard library, as byte code only. */
export const importedPrograms = ['brig_figures.py'] as const;

/** Host program that compiles all of these to byte code. */
export const JOIN_PROGRAM = 'join.py';

/** Texts below `harness/stdlib` that are appended to the modules of the same name. */
export const amendedModules = ['socket.py'] as const;

/** Returns the path of the interpreter inside a jail. */
export function interpreterInJail(interpreter: Interpreter): string {
  return join(jailPrefix(interpreter), 'bin', basename(interpreter.executable));
}

/**
 * Returns the interpreter's prefix in a jail: /usr for one of the distribution, /usr/local for any other, which hides
 * its place on the host.
 */
export function jailPrefix({ prefix }: Interpreter): string {
  return prefix === '/usr' ? '/usr' : '/usr/local';
}

export function stdlibInJail(interpreter: Interpreter): string {
  return join(jailPrefix(interpreter), 'lib', basename(interpreter.stdlib));
}

/** Returns the mount point of Python packages, where the harness looks for them: an empty folder of the image. */
export function sitePackagesInJail(interpreter: Interpreter): string {
  return join(stdlibInJail(interpreter), 'site-packages');
}

/**
 * Returns the place of a shared library of the host in the image. Libraries of the interpreter move with its prefix;
 * all others keep their folder, seen through a /usr that holds /lib and /lib64 (as in current distributions).
 */
export function libraryInJail(file: string, interpreter: Interpreter): string {
  const { prefix } = interpreter;
  if (prefix !== '/usr' && file.startsWith(`${prefix}/`))
    return join(jailPrefix(interpreter), file.slice(prefix.length));
  return file.startsWith('/usr/') ? file : `/usr${file}`;
}

/** Folders of a root file system; the config mounts something on the empty ones. */
export const folders = [
  'usr/bin',
  'usr/lib',
  'usr/lib64',
  'etc/names',
  'opt/brig/preflight',
  'opt/brig/template',
  'opt/brig/session',
  'proc',
  'tmp',
  'work',
  'dev/shm',
  'dev/pts',
] as const;

/** Files on which the config mounts the host's device nodes. */
export const deviceFiles = ['null', 'zero', 'full', 'random', 'urandom'] as const;

export const links: Readonly<Record<string, string>> = {
  bin: 'usr/bin',
  'etc/hosts': 'names/hosts',
  lib: 'usr/lib',
  lib64: 'usr/lib64',
  'dev/ptmx': 'pts/ptmx',
  'dev/fd': '/proc/self/fd',
  'dev/stdin': '/proc/self/fd/0',
  'dev/stdout': '/proc/self/fd/1',
  'dev/stderr': '/proc/self/fd/2',
};

/** Describes the content of every root image besides its programs: a changed skeleton makes new images. */
export const describeSkeleton = (): string => JSON.stringify({ folders, deviceFiles, links, textFiles });

/** Parts of the standard library that no script in a jail can use: tests, graphics without a display, installers. */
const leftOut = new Set([
  'site-packages',
  'dist-packages',
  'test',
  'tests',
  'idlelib',
  'idle_test',
  'tkinter',
  'turtledemo',
  'ensurepip',
]);

/** Whether an entry of the standard library's folder belongs in the image. */
export function belongsToStdlib(name: string): boolean {
  if (leftOut.has(name) || name.startsWith('config-3') || name.startsWith('_tkinter.')) return false;
  // The byte code of -O and -OO is never loaded.
  return !/\.opt-[12]\.pyc$|\.(a|exe|dll)$/.test(name);
}
