import { Buffer } from 'node:buffer';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Longer than any file that is read here. */
const MOST_BYTES = 4096;
/** Buffer into which all files are read, one after the other. */
const scratch = Buffer.allocUnsafe(MOST_BYTES);

/**
 * A file of a cgroup that stays open, which costs a quarter of opening it for each reading. When its folder is removed,
 * it fails with ENODEV. Never a list of processes: cgroup v1 repeats an old one for a second to whoever keeps it open.
 */
export interface OpenFile {
  /** Reads the number in the file. @throws Error when it cannot be read, because an unknown value is not 0. */
  readNumber(): number;
  /** Reads the value of a line `key value`; returns 0 when there is none. */
  readKeyed(key: string): number;
  write(value: number): void;
  close(): void;
}

/** @throws Error when it cannot be opened. */
export function openFile(path: string, mode: 'r' | 'r+' = 'r'): OpenFile {
  const descriptor = openSync(path, mode);
  const readText = (): string =>
    scratch.toString('latin1', 0, readSync(descriptor, scratch, 0, MOST_BYTES, 0));
  return {
    readNumber: () => Number(readText()),
    readKeyed: (key) => findKeyed(readText(), key),
    write: (value) => void writeSync(descriptor, String(value), 0),
    close: () => closeSync(descriptor),
  };
}

/** The same for a file that the kernel need not offer; undefined then. @throws Error for any other reason. */
export function openOffered(path: string): OpenFile | undefined {
  try {
    return openFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The value of a line `key value`; 0 when there is none. */
export function findKeyed(text: string, key: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${key} `));
  return line === undefined ? 0 : Number(line.slice(key.length + 1));
}
