import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { JailFailure } from '../sandbox.ts';

const OTHERS_WRITE = 0o002;
/** In such a folder only the owner of an entry can rename or remove it. */
const STICKY = 0o1000;

/**
 * Refuses a state folder that other users than root and this one can change: they could put an image of their own in its place,
 * or have the service follow their links.
 * @throws JailFailure that names what is open.
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

/** The folder, or the one on the way to it, that others can change. What does not exist yet is made by the service. */
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
