import { once } from 'node:events';

/** One wait for each stream, however many writes are ahead of its reader. */
const waits = new WeakMap<NodeJS.WriteStream, Promise<void>>();

/** Writes; gives a promise where the reader has to be waited for. One that went away is waited for no more. */
export function writeOutput(stream: NodeJS.WriteStream, chunk: string | Uint8Array): void | Promise<void> {
  if (stream.write(chunk)) return;
  const wait = waits.get(stream) ?? waitForReader(stream);
  waits.set(stream, wait);
  return wait;
}

async function waitForReader(stream: NodeJS.WriteStream): Promise<void> {
  try {
    await once(stream, 'drain');
  } catch {
    // What went wrong is told to those who listen to the stream itself.
  } finally {
    waits.delete(stream);
  }
}

/** Resolves when all that was written has been taken, or nobody takes it any more. */
export function flushOutput(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
