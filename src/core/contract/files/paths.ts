/*
 * Paths of files that go into a working directory or come out of it: relative to it, with `/` between segments. The
 * same rules apply to a caller's paths and to those that a jail claims.
 */

/** Limits of one path; that of a segment is the kernel's own. */
export const pathCaps = { bytes: 1024, depth: 32, segmentBytes: 255 } as const;

/**
 * Returns the reason to reject a path, as the end of a sentence; undefined when it is valid. All other characters
 * stand for themselves.
 */
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

/** Returns the folders above a file, the outermost first. */
export function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

/** Detects paths that cannot coexist with earlier ones. */
export interface PathBook {
  /** Adds a path; returns the reason why it cannot exist, as the end of a sentence. */
  add(path: string): string | undefined;
  /** Count of files and folders so far. */
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
