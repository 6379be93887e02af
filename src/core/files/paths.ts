/*
 * Paths of files that go into a working directory or come out of it: always relative to it, with `/` between their
 * segments. The same rules hold for what a caller sends and for what a jail claims to have.
 */

/** Bounds of one path. A segment's is the kernel's own. */
export const pathCaps = { bytes: 1024, depth: 32, segmentBytes: 255 } as const;

/** Why a path is refused, as the end of a sentence; undefined where it is fine. Any other character is its own. */
export function complainAboutPath(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'holds NUL';
  if (!path.isWellFormed()) return 'is not well-formed Unicode: it holds a lone surrogate';
  if (path.startsWith('/')) return 'is absolute; it must be relative to the working directory';
  if (path.length > pathCaps.bytes || countBytes(path) > pathCaps.bytes) {
    return `is longer than ${pathCaps.bytes} bytes`;
  }
  const segments = path.split('/');
  if (segments.includes('..')) return 'has a segment "..": it could leave the working directory';
  if (segments.includes('.')) return 'has a segment "."';
  if (segments.includes('')) return 'has an empty segment';
  if (segments.length > pathCaps.depth) return `is more than ${pathCaps.depth} levels deep`;
  if (segments.some((segment) => countBytes(segment) > pathCaps.segmentBytes)) {
    return `has a segment of more than ${pathCaps.segmentBytes} bytes`;
  }
  return undefined;
}

/** The folders that a file lies in, the outermost first. */
export function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

/** Tells of paths that cannot lie beside those before them. */
export interface PathBook {
  /** Why this one cannot, as the end of a sentence. */
  add(path: string): string | undefined;
  /** Files and folders so far. */
  readonly entries: number;
}

export function createPathBook(): PathBook {
  const files = new Set<string>();
  const folders = new Set<string>();
  return {
    get entries() {
      return files.size + folders.size;
    },
    add: (path) => {
      if (files.has(path)) return 'is there twice';
      if (folders.has(path)) return 'is the folder of another file';
      const own = foldersOf(path);
      const blocking = own.find((folder) => files.has(folder));
      if (blocking !== undefined) return 'lies in a folder that is another file';
      files.add(path);
      for (const folder of own) folders.add(folder);
      return undefined;
    },
  };
}

const encoder = new TextEncoder();
const countBytes = (text: string): number => encoder.encode(text).length;
