import { existsSync } from 'node:fs';
import { runTool } from '../process.ts';

/**
 * The shared libraries that programs and extension modules of the host load, by the paths under which the dynamic
 * loader finds them, the loader included (ldd(1)). What cannot be resolved is left out: a module that lacks its library fails to
 * import, in the jail as on the host.
 */
export async function findLibraries(files: readonly string[]): Promise<string[]> {
  const { stdout } = await runTool('ldd', files);
  const found = stdout.split('\n').flatMap((line) => {
    // `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)` or `/lib64/ld-linux-x86-64.so.2 (0x…)`; never `file:` headings
    const path = /^\s+(?:\S+ => )?(\/\S+) \(0x/.exec(line)?.[1];
    return path === undefined ? [] : [path];
  });
  return [...new Set(found)];
}

/**
 * Loaded on demand, so that no `ldd` shows them: libgcc by pthread_exit, the others by compiled packages, which may
 * expect them of every Linux (PEP 600); glibc keeps those it has taken into itself as empty files.
 */
const onDemand = [
  ...['libgcc_s.so.1', 'libstdc++.so.6', 'libatomic.so.1'],
  ...[
    'libm.so.6',
    'libpthread.so.0',
    'libdl.so.2',
    'librt.so.1',
    'libutil.so.1',
    'libresolv.so.2',
    'libz.so.1',
  ],
];

/** The on-demand libraries, beside the C library that the others were found with. */
export function findOnDemandLibraries(libraries: readonly string[]): string[] {
  const libc = libraries.find((path) => path.endsWith('/libc.so.6'));
  if (libc === undefined) return [];
  const folder = libc.slice(0, libc.lastIndexOf('/'));
  const places = [folder, folder.startsWith('/usr') ? folder : `/usr${folder}`];
  return onDemand.flatMap(
    (name) => places.map((place) => `${place}/${name}`).find((path) => existsSync(path)) ?? [],
  );
}
