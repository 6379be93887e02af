import type { InputFile } from '../core/contract/request.ts';

/** A caller's script, and the files beside it when its program runs. */
export interface Sources {
  readonly script: string;
  readonly files: readonly InputFile[];
}

/** Bytes above which files count as matching every pattern, because a search through them would delay others. */
const MOST_LOOKED_AT = 1024 * 1024;

/** True when the script or one of the files matches a pattern. */
export function mention({ script, files }: Sources, pattern: RegExp): boolean {
  if (pattern.test(script)) return true;
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  return bytes > MOST_LOOKED_AT || files.some((file) => pattern.test(toText(file)));
}

/** Latin-1 is enough, because the patterns are ASCII. */
const toText = ({ bytes }: InputFile): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** Returns the files that do not collide with the path of the script. */
export const beside = (files: readonly InputFile[], scriptPath: string): readonly InputFile[] =>
  files.filter(({ path }) => path !== scriptPath && !path.startsWith(`${scriptPath}/`));
