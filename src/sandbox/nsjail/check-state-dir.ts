import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { JailFailure } from '../sandbox.ts';

const OTHERS_WRITE = 0o002;
/** Mode bit of a folder in which only the owner of an entry can rename or remove it. */
const STICKY = 0o1000;

/**
 * Rejects a state folder that users other than root and this one can change: they could replace an image, or make the
 * service follow their links.
 * @throws JailFailure that names the open folder.
 */
export function checkStateDir(stateDir: string): void {
  const stranger = findStranger(resolve(stateDir));
  if (stranger === undefined) return;
  throw new JailFailure('The state folder can be changed by other users.', {
    remedy:
      'Name a folder in BRIG_STATE_DIR that is of root or of the service, and that others cannot write (chmod o-w), nor the folders above it.',
    detail: stranger,
  });
}

/**
 * Returns the folder, or one above it, that others can change; undefined when none can. The service itself makes
 * folders that do not exist yet.
 */
export function findStranger(folder: string): string | undefined {
  let nearest = folder;
  while (!existsSync(nearest)) nearest = dirname(nearest);
  const real = realpathSync(nearest);
  for (let path = real; ; path = dirname(path)) {
    const { mode, uid } = statSync(path);
    const isItself = path === real && nearest === folder;
    if (isItself && uid !== 0 && uid !== process.getuid?.()) return path;
    if ((mode & OTHERS_WRITE) !== 0 && (isItself || (mode & STICKY) === 0)) return path;
    if (path === '/') return undefined;
  }
}
