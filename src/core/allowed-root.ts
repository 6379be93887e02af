/**
 * A directory of its own that a script gets beside the usual ones. Doors of ours may ask for it, a caller's body never
 * does.
 */
export interface AllowedRoot {
  /** Where it lies in the jail: absolute and normal. */
  readonly path: string;
  /** Working directory of the script: it, or one below it. */
  readonly workDir: string;
  /** Whether Python refuses every path outside of it, but those of its own library. The mounts bound what there is in any case. */
  readonly isConfined: boolean;
  /** The directory on the host that it is; an empty one in memory where there is none. */
  readonly hostFolder?: string | undefined;
}

/** Longest path, and most folders in one: nsjail makes each of them in a small file system. */
const [MOST_BYTES, MOST_FOLDERS] = [1024, 40];

/** Folders of the jail's root image, over which nothing can be mounted without ending what runs there. */
const OWN = ['/usr', '/bin', '/lib', '/lib64', '/dev', '/proc', '/opt/brig'];
const OWN_FILES = ['/etc/passwd', '/etc/group', '/etc/hosts'];

/** Why a directory cannot have this path in a jail; undefined where it can. The path is absolute and normal. */
export function complainAboutRoot(path: string): string | undefined {
  if (path === '/') return 'it would be the whole root';
  // nsjail separates the two ends of a mount by a colon.
  if (/[:\p{Cc}]/u.test(path) || !path.isWellFormed()) return 'it holds a character that a mount cannot have';
  if (path.length > MOST_BYTES || path.split('/').length > MOST_FOLDERS) return 'it is too long';
  const taken = OWN.find((own) => isWithin(path, own)) ?? OWN_FILES.find((file) => isWithin(path, file));
  if (taken !== undefined) return `${taken} is the jail's own`;
  if (path === '/etc' || path === '/opt') return 'the jail has files of its own there';
  return undefined;
}

/** Whether a path is a folder or lies in it; both absolute and normal. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || folder === '/' || path.startsWith(`${folder}/`);
