import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeyFileError } from './key-file.ts';

/** Longest wait for another process, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Runs `action` while no other process of this machine does so for the same name. The lock is an abstract socket,
 * which the kernel gives to one process at a time and takes back when that process dies, so no stale lock can remain.
 *
 * @throws KeyFileError when the lock is not free in time.
 */
export async function withLock<T>(name: string, action: () => Promise<T>): Promise<T> {
  const path = `\0brig-${createHash('sha256').update(name).digest('hex').slice(0, 40)}`;
  const lock = await take(path, performance.now() + PATIENCE);
  try {
    return await action();
  } finally {
    await new Promise((resolve) => lock.close(resolve));
  }
}

async function take(path: string, deadline: number): Promise<Server> {
  for (;;) {
    try {
      return await listen(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (performance.now() > deadline) {
        throw new KeyFileError('Another process keeps the file of keys to itself; try again later.');
      }
      await sleep(5 + Math.random() * 20);
    }
  }
}

function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, () => resolve(server));
  });
}
