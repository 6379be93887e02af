import type { InputFile } from '../core/request.ts';

/** What a caller sent: the script, and the files that lie beside it when its program runs. */
export interface Sources {
  readonly script: string;
  readonly files: readonly InputFile[];
}

/** A file that is longer counts as one that speaks of everything: looking through it would hold others up. */
const MOST_LOOKED_AT = 1024 * 1024;

/** Whether a script speaks of something, or one of the files does. */
export function mention({ script, files }: Sources, pattern: RegExp): boolean {
  return pattern.test(script) || files.some((file) => fileMentions(file, pattern));
}

function fileMentions({ bytes }: InputFile, pattern: RegExp): boolean {
  if (bytes.length > MOST_LOOKED_AT) return true;
  return pattern.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
}

/** The files that do not lie where the script itself is put. */
export const beside = (files: readonly InputFile[], scriptPath: string): readonly InputFile[] =>
  files.filter(({ path }) => path !== scriptPath && !path.startsWith(`${scriptPath}/`));
