import { open, stat } from 'node:fs/promises';
import { KeyFileError, parseKeyFile, type KeyRecord } from './key-file.ts';

/** Room for some ten thousand keys. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The keys of a file, and which state of it they are. */
export interface ReadKeys {
  readonly keys: KeyRecord[];
  readonly state: string;
}

/** @throws KeyFileError naming the file, where it cannot be read or is not one of keys. */
export async function readKeyFile(file: string): Promise<ReadKeys> {
  try {
    await using handle = await open(file, 'r');
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new KeyFileError('it is no regular file');
    if (stats.size > MOST_BYTES) throw new KeyFileError(`it is larger than ${MOST_BYTES} bytes`);
    const keys = parseKeyFile(await handle.readFile('utf8'));
    return { keys, state: nameState(stats) };
  } catch (error) {
    throw new KeyFileError(`The file of keys ${file} cannot be used: ${describe(error)}.`, { cause: error });
  }
}

/** What a file is now, in words that differ after a change of it; of a missing one, too. */
export async function lookAtState(file: string): Promise<string> {
  try {
    return nameState(await stat(file, { bigint: true }));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

interface Stats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

const nameState = ({ dev, ino, size, mtimeNs, ctimeNs }: Stats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(' ');

function describe(error: unknown): string {
  if (error instanceof KeyFileError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'EACCES') return 'this user may not read it';
  return code ?? 'it cannot be read';
}
