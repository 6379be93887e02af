import { basename, join } from 'node:path';
import type { Interpreter } from './interpreter.ts';

/** Where things lie inside a jail. */
export const jailPaths = {
  programs: '/opt/brig',
  harness: '/opt/brig/harness.pyc',
  workDir: '/work',
} as const;

/**
 * The modules of the harness, in `harness/jail` on the host, each after those that it imports from: they are joined to one
 * program when an image is made, which starts faster than many.
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
  'globs',
  'files',
  'run',
  'programs',
  'main',
].map((name) => `jail/${name}.py`);

/** Programs of a jail that the harness loads when they are needed, below `harness` on the host. */
export const laterPrograms = [
  'preflight/__init__.py',
  'preflight/entry_point.py',
  'preflight/imports.py',
  'preflight/statements.py',
] as const;

/** Programs that packages import by their name: they lie beside the standard library, as byte code alone. */
export const importedPrograms = ['brig_figures.py'] as const;

/** Makes byte code of all these, on the host. */
export const JOIN_PROGRAM = 'join.py';

/** Texts below `harness/stdlib` that are put at the end of the standard library's modules of the same names. */
export const amendedModules = ['socket.py'] as const;

/** Where the one program is seen that a compiler made: an empty file in the image, over which it is mounted. */
export const PROGRAM_PATH = '/opt/brig/program';

/** The interpreter as a jail starts it. */
export function interpreterInJail(interpreter: Interpreter): string {
  return join(jailPrefix(interpreter), 'bin', basename(interpreter.executable));
}

/** An interpreter of the distribution stays at /usr; any other appears as /usr/local, so that its place on the host stays unknown. */
export function jailPrefix({ prefix }: Interpreter): string {
  return prefix === '/usr' ? '/usr' : '/usr/local';
}

export function stdlibInJail(interpreter: Interpreter): string {
  return join(jailPrefix(interpreter), 'lib', basename(interpreter.stdlib));
}

/** Where packages of npm are mounted: above the working directory, which is where Node, Deno and Bun look for them. An empty folder of their images. */
export const NODE_MODULES = '/node_modules';

/** Where Python's packages are mounted, and where the harness looks for them: an empty folder of the image. */
export function sitePackagesInJail(interpreter: Interpreter): string {
  return join(stdlibInJail(interpreter), 'site-packages');
}

/**
 * Where a shared library of the host lies in the image. What the interpreter brought moves with its prefix;
 * everything else keeps its folder, seen through a /usr that holds /lib and /lib64 (as today's distributions have it).
 */
export function libraryInJail(file: string, interpreter: Interpreter): string {
  const { prefix } = interpreter;
  if (prefix !== '/usr' && file.startsWith(`${prefix}/`))
    return join(jailPrefix(interpreter), file.slice(prefix.length));
  return file.startsWith('/usr/') ? file : `/usr${file}`;
}

/** Folders of a root file system; empty ones are where the config mounts something. */
export const folders = [
  'usr/bin',
  'usr/lib',
  'usr/lib64',
  'etc',
  'opt/brig/preflight',
  'proc',
  'tmp',
  'work',
  'dev/shm',
] as const;

/** Files over which the config binds the host's device nodes. */
export const deviceFiles = ['null', 'zero', 'full', 'random', 'urandom'] as const;

export const links: Readonly<Record<string, string>> = {
  bin: 'usr/bin',
  lib: 'usr/lib',
  lib64: 'usr/lib64',
  'dev/fd': '/proc/self/fd',
  'dev/stdin': '/proc/self/fd/0',
  'dev/stdout': '/proc/self/fd/1',
  'dev/stderr': '/proc/self/fd/2',
};

export const textFiles: Readonly<Record<string, string>> = {
  'etc/passwd': 'jail:x:65534:65534:jail:/work:/bin/sh\n',
  'etc/group': 'jail:x:65534:\n',
  'etc/hosts': '127.0.0.1 localhost jail\n::1 localhost\n',
};

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

/** Whether an entry of the standard library's folder belongs into the image. */
export function belongsToStdlib(name: string): boolean {
  if (leftOut.has(name) || name.startsWith('config-3') || name.startsWith('_tkinter.')) return false;
  // Byte code of -O and -OO is never asked for.
  return !/\.opt-[12]\.pyc$|\.(a|exe|dll)$/.test(name);
}
