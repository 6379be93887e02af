import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * The files of cgroupfs answer from memory within microseconds: reading them synchronously is cheaper than a round
 * trip through the thread pool. The exception is a write to `cgroup.procs`, which may wait for milliseconds.
 */

export function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

/** The number in a file. @throws Error where it cannot be read: what is not known is not 0. */
export const readNumber = (file: string): number => Number(readText(file));

/** The number in a file; 0 where the kernel does not offer the file. @throws Error where it cannot be read. */
export const readOffered = (file: string): number => unlessMissing(() => readNumber(file));

/** The value of a line `key value`; 0 where there is none. @throws Error where the file cannot be read. */
export function readKeyed(file: string, key: string): number {
  const line = readText(file)
    .split('\n')
    .find((text) => text.startsWith(`${key} `));
  return line === undefined ? 0 : Number(line.slice(key.length + 1));
}

/** The same; 0 where the kernel does not offer the file. */
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

/** Ids of the processes in a cgroup folder; none where it is gone. */
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
  // 0 stands for a process of another pid namespace: not ours to signal.
  for (const pid of readProcesses(folder).filter((id) => id > 1)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended in between.
    }
  }
}

const PATIENCE_MS = 5000;

/**
 * Removes a cgroup folder as soon as its last process is gone: a killed process leaves its cgroup only when it has
 * been torn down, a moment after its parent heard of its end.
 */
export async function removeFolder(folder: string, kill: () => void): Promise<void> {
  const start = performance.now();
  for (let wait = 1; ; wait = Math.min(wait * 2, 100)) {
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || performance.now() - start > PATIENCE_MS) throw error;
    }
    kill();
    await sleep(wait);
  }
}

/** Makes cgroup folders and prepares them; leaves none behind where one step fails. @throws what that step threw. */
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

/** Removes a folder that several services share, unless another one still has something in it. */
export function removeIfUnused(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // In use, or gone.
  }
}
