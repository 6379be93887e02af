import { once } from 'node:events';

/** One wait for each stream, shared by all writes that are ahead of its reader. */
const waits = new WeakMap<NodeJS.WriteStream, Promise<void>>();

/** Writes a chunk; returns a promise when the reader is behind. Does not wait for a reader that went away. */
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
    // Listeners of the stream itself handle the error.
  } finally {
    waits.delete(stream);
  }
}

/** Resolves when everything written has been taken, or nobody takes it any more. */
export function flushOutput(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
