import { existsSync } from 'node:fs';
import { runTool } from '../../../host/process.ts';

/**
 * Returns the shared libraries that programs and extension modules of the host load, loader included, by the paths at
 * which the loader finds them (ldd(1)). Leaves out what cannot be resolved: a module without its library fails to
 * import, in the jail as on the host.
 */
export async function findLibraries(files: readonly string[]): Promise<string[]> {
  const { stdout } = await runTool('ldd', files);
  const found = stdout.split('\n').flatMap((line) => {
    // `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)` or `/lib64/ld-linux-x86-64.so.2 (0x…)`; never `file:`
    // headings
    const path = /^\s+(?:\S+ => )?(\/\S+) \(0x/.exec(line)?.[1];
    return path === undefined ? [] : [path];
  });
  return [...new Set(found)];
}

/**
 * Libraries loaded on demand, which `ldd` does not show: libgcc by pthread_exit, the others by compiled packages,
 * which may expect them on every Linux (PEP 600), or which count on them all the same (libgomp, libquadmath). glibc
 * keeps those that it has absorbed as empty files. Libraries for a screen are left out.
 */
const onDemand: readonly string[] = [
  ...['libgcc_s.so.1', 'libstdc++.so.6', 'libatomic.so.1', 'libgomp.so.1', 'libquadmath.so.0'],
  ...['libm.so.6', 'libmvec.so.1', 'libpthread.so.0', 'libdl.so.2', 'librt.so.1', 'libutil.so.1'],
  ...['libresolv.so.2', 'libanl.so.1', 'libnsl.so.1', 'libcrypt.so.1', 'libz.so.1', 'libexpat.so.1'],
];

/** Returns the on-demand libraries in the folder of the C library. */
export function findOnDemandLibraries(libraries: readonly string[]): string[] {
  const libc = libraries.find((path) => path.endsWith('/libc.so.6'));
  if (libc === undefined) return [];
  const folder = libc.slice(0, libc.lastIndexOf('/'));
  const places = [folder, folder.startsWith('/usr') ? folder : `/usr${folder}`];
  return onDemand.flatMap(
    (name) => places.map((place) => `${place}/${name}`).find((path) => existsSync(path)) ?? [],
  );
}
