import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findKeyed } from './open-files.ts';

/*
 * The kernel answers reads of cgroupfs from memory within microseconds, so synchronous reads are cheaper than the
 * thread pool. The exception is a write to `cgroup.procs`, which may wait for milliseconds.
 */

export function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

/** Reads the number in a file. @throws Error when it cannot be read, because an unknown value is not 0. */
export const readNumber = (file: string): number => Number(readText(file));

/**
 * Reads the number in a file; returns 0 when the kernel does not offer the file. @throws Error when it cannot be
 * read.
 */
export const readOffered = (file: string): number => unlessMissing(() => readNumber(file));

/**
 * Reads the value of a line `key value`; returns 0 when there is none. @throws Error when the file cannot be read.
 */
export const readKeyed = (file: string, key: string): number => findKeyed(readText(file), key);

/** The same; returns 0 when the kernel does not offer the file. */
export const readOfferedKey = (file: string, key: string): number =>
  unlessMissing(() => readKeyed(file, key));

function unlessMissing(read: () => number): number {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

export function write(file: string, value: string | number): void {
  writeFileSync(file, String(value));
}

/** Returns the ids of the processes in a cgroup folder; none when it is gone. */
export function readProcesses(folder: string): number[] {
  try {
    return readText(`${folder}/cgroup.procs`)
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
  } catch {
    return [];
  }
}

export function killProcesses(folder: string): void {
  // 0 stands for a process of another pid namespace, which this process must not signal.
  for (const pid of readProcesses(folder).filter((id) => id > 1)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}

const PATIENCE_MS = 5000;

/**
 * Removes a cgroup folder as soon as its last process is gone. A killed process leaves its cgroup only when it is
 * torn down, a moment after its parent was told of its end.
 */
export const removeFolder = (folder: string, kill: () => void): Promise<void> =>
  retry(kill, (isLast) => {
    try {
      rmdirSync(folder);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return true;
      if (code !== 'EBUSY' || isLast) throw error;
      return false;
    }
  });

/** Tries until it succeeds, and kills in between. The last attempt, after some seconds, has to succeed or to throw. */
export async function retry(kill: () => void, attempt: (isLast: boolean) => boolean): Promise<void> {
  const start = performance.now();
  for (let wait = 1; !attempt(performance.now() - start > PATIENCE_MS); wait = Math.min(wait * 2, 100)) {
    kill();
    await sleep(wait);
  }
}

/** Makes and prepares cgroup folders; leaves none behind when a step fails. @throws the error of that step. */
export function makeFolders(folders: readonly string[], prepare: () => void): void {
  const made: string[] = [];
  try {
    for (const folder of folders) {
      mkdirSync(folder);
      made.push(folder);
    }
    prepare();
  } catch (error) {
    for (const folder of made) removeIfUnused(folder);
    throw error;
  }
}

/** Removes a folder that several services share, unless another one still uses it. */
export function removeIfUnused(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // In use, or gone.
  }
}
