import type { Writable } from 'node:stream';
import type { Outcome } from '../core/contract/outcome.ts';
import type { OutputFolder } from './output-folder.ts';

/** Escapes a name for a terminal, because the script chooses it. */
const show = (path: string): string =>
  JSON.stringify(path).replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Writes the returned files of an execution below a folder; resolves to true when all were written. */
export async function saveFiles(outcome: Outcome, folder: OutputFolder, errors: Writable): Promise<boolean> {
  let isComplete = true;
  for (const file of outcome.files) {
    try {
      await folder.write(file);
    } catch (error) {
      isComplete = false;
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      const reason =
        code === 'ELOOP' || code === 'ENOTDIR' ? 'something that is no folder lies on its way' : code;
      errors.write(`cannot write ${show(file.path)}: ${reason}\n`);
    }
  }
  return isComplete;
}

/** Tells how to get figures that were not saved. */
export function printFigures({ files }: Outcome, errors: Writable): void {
  const count = files.filter(({ figure }) => figure).length;
  if (count === 0) return;
  errors.write(
    count === 1
      ? 'a figure was drawn: --out FOLDER saves it\n'
      : `${count} figures were drawn: --out FOLDER saves them\n`,
  );
}

/** Lists requested files and figures that were not returned. */
export function printOmitted({ execution }: Outcome, errors: Writable): void {
  if (execution.files === undefined) return;
  const { omitted, omitted_total: total, complete } = execution.files;
  for (const { path, reason, detail } of omitted) {
    errors.write(`left out ${show(path)}: ${reason}${detail === undefined ? '' : ` (${show(detail)})`}\n`);
  }
  if (total > omitted.length) errors.write(`left out ${total - omitted.length} more\n`);
  if (!complete) errors.write('the working directory was gone before all of it was brought out\n');
}
