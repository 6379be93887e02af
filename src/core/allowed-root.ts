/**
 * A directory for the script besides the usual ones. Brig's own contract has none: it comes from a dialect, or from the
 * command line, which alone can name a folder of the host.
 */
export interface AllowedRoot {
  /** Path in the jail: absolute and normalised. */
  readonly path: string;
  /** Working directory of the script: this directory, or one below it. */
  readonly workDir: string;
  /**
   * True when Python refuses paths outside it, except its own library. The mounts limit the visible files in any
   * case.
   */
  readonly isConfined: boolean;
  /** Directory on the host; undefined for an empty one in memory. */
  readonly hostFolder?: string | undefined;
}

/** Longest path, and most folders in it: nsjail creates each of them in a small file system. */
const [MOST_BYTES, MOST_FOLDERS] = [1024, 40];

/** Folders of the jail's root image that cannot be mounted over without breaking the jail. */
const OWN = ['/usr', '/bin', '/lib', '/lib64', '/dev', '/proc', '/opt/brig'];
const OWN_FILES = [
  'passwd',
  'group',
  'hosts',
  'names',
  'certificates.pem',
  'services',
  'protocols',
  'mime.types',
].map((name) => `/etc/${name}`);

/**
 * Returns the reason why a directory cannot have this path in a jail; undefined when it can. The path is absolute and
 * normalised.
 */
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

/** Whether a path is a folder or below it; both absolute and normalised. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || folder === '/' || path.startsWith(`${folder}/`);
