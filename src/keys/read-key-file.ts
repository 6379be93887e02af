import { open, stat } from 'node:fs/promises';
import { KeyFileError, parseKeyFile, type KeyRecord } from './key-file.ts';

/** Largest file of keys, in bytes; room for about ten thousand keys. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Keys of a file, and the state of the file that they were read from. */
export interface ReadKeys {
  readonly keys: KeyRecord[];
  readonly state: string;
}

/** @throws KeyFileError that names the file, when it cannot be read or is malformed. */
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

/** Returns a text that changes with every change of the file; works for a missing file, too. */
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
  if (code === 'ENOENT') return 'it is not there; `brig key create --name NAME` makes it';
  if (code === 'EACCES') return 'this user may not read it';
  return code ?? 'it cannot be read';
}
