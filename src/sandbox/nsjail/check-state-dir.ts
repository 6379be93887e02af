import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { JailFailure } from '../sandbox.ts';

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
/** Mode bit of a folder in which only the owner of an entry can rename or remove it. */
const STICKY = 0o1000;
/** Maximum links in a path, as in the kernel. */
const MOST_LINKS = 40;
/** Id that the kernel shows for owners without an id in the user namespace, including root of the host. */
const OVERFLOW_ID = 65_534;

/**
 * Rejects a folder that jails are made from if users other than root and this one can change it: they could replace an image,
 * or make the service follow their links. Also rejects a path that nsjail cannot mount.
 * @param setting that names the folder.
 * @throws JailFailure that names the open folder.
 */
export function checkStateDir(
  folder: string,
  setting: 'BRIG_STATE_DIR' | 'BRIG_PREPARED_DIR' = 'BRIG_STATE_DIR',
): void {
  const path = resolve(folder);
  // nsjail separates the two ends of a mount by a colon.
  if (path.includes(':')) {
    throw new JailFailure('The state folder has a colon in its path, which a mount cannot have.', {
      remedy: `Name another folder in ${setting}.`,
      detail: path,
    });
  }
  const stranger = findStranger(path);
  if (stranger === undefined) return;
  throw new JailFailure('The state folder can be changed by other users.', {
    remedy: `Name a folder in ${setting} that is of root or of the service, as are those above it, and that others cannot write (chmod go-w).`,
    detail: stranger,
  });
}

/**
 * Returns the folder, or one on the way to it, that others can change; undefined when none can. Follows links on the
 * way, and checks the folders that they are in. The service itself makes folders that do not exist yet.
 */
export function findStranger(folder: string): string | undefined {
  const names = split(folder);
  let [at, links] = ['/', 0];
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') at = dirname(at);
    if (name === '..' || name === '.') continue;
    const path = join(at, name);
    const entry = lookAt(path);
    if (isOpen(lstatSync(at), entry)) return at;
    if (entry === undefined) return undefined;
    if (!entry.isSymbolicLink()) at = path;
    else {
      links += 1;
      if (links > MOST_LINKS) return path;
      const target = readlinkSync(path);
      if (target.startsWith('/')) at = '/';
      names.unshift(...split(target));
    }
  }
  // A sticky folder is open too, because others can add entries to it.
  const { uid, gid, mode } = lstatSync(at);
  return isOpen({ uid, gid, mode: mode & ~STICKY }) ? at : undefined;
}

/** Returns undefined when nothing is there or this process may not see it; making it then fails with its own message. */
function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

const split = (path: string): string[] => path.split('/').filter((name) => name !== '');

type Rights = Pick<Stats, 'uid' | 'gid' | 'mode'>;

/** Whether others can replace an entry of a folder, or add it first when it does not exist yet. */
function isOpen({ uid, gid, mode }: Rights, entry?: Rights): boolean {
  if (!isTrusted(uid)) return true;
  const isWritable = (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITES) !== 0 && !isOwnGroup(gid));
  if (!isWritable) return false;
  return (mode & STICKY) === 0 || (entry !== undefined && !isTrusted(entry.uid));
}

const isTrusted = (uid: number): boolean =>
  uid === 0 || uid === process.getuid?.() || (uid === OVERFLOW_ID && !knowsAllIds());

const isOwnGroup = (gid: number): boolean =>
  gid === 0 || gid === process.getgid?.() || process.getgroups?.().includes(gid) === true;

/** Whether all ids exist in the user namespace of this process. */
const knowsAllIds = (): boolean =>
  /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
