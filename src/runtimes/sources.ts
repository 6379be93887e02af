import type { InputFile } from '../core/request.ts';

/** What a caller sent: the script, and the files that lie beside it when its program runs. */
export interface Sources {
  readonly script: string;
  readonly files: readonly InputFile[];
}

/** Beyond it files count as speaking of everything: looking through them would hold others up. */
const MOST_LOOKED_AT = 1024 * 1024;

/** Whether a script speaks of something, or one of the files does. */
export function mention({ script, files }: Sources, pattern: RegExp): boolean {
  if (pattern.test(script)) return true;
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  return bytes > MOST_LOOKED_AT || files.some((file) => pattern.test(toText(file)));
}

/** ASCII is enough for what is looked for. */
const toText = ({ bytes }: InputFile): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** The files that do not lie where the script itself is put. */
export const beside = (files: readonly InputFile[], scriptPath: string): readonly InputFile[] =>
  files.filter(({ path }) => path !== scriptPath && !path.startsWith(`${scriptPath}/`));
