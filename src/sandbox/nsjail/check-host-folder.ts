import { join } from 'node:path';
import { packageRoot } from '../../paths.ts';
import { JailFailure } from '../sandbox.ts';
import { runTool } from '../../host/process.ts';

const scanFile = join(packageRoot, 'nsjail', 'scan_root.py');
/** Maximum number of entries that are checked, which takes some seconds. */
const MOST_ENTRIES = 1_000_000;

const MESSAGE = 'The directory cannot be given to a script.';

/**
 * Rejects a directory of the host in which a script could rewrite a file that runs as somebody else: one with a
 * set-user-ID or set-group-ID bit, or with capabilities. Does not see files added while the script runs.
 * @throws JailFailure that names the file.
 */
export async function checkHostFolder(interpreter: string, folder: string): Promise<void> {
  const args = ['-I', '-S', '-B', scanFile, folder, String(MOST_ENTRIES)];
  const { stdout, ok } = await runTool(interpreter, args);
  if (ok) return;
  if (stdout !== '') {
    throw new JailFailure(MESSAGE, {
      remedy: `${stdout} runs with rights of its owner, its group or its own, and the script could rewrite it: take them away (chmod ug-s, setcap -r).`,
    });
  }
  throw new JailFailure(MESSAGE, {
    remedy: `See that it can be read and holds at most ${MOST_ENTRIES} entries: files with rights of their own are looked for in all of it.`,
  });
}
