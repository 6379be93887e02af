import type { KeyRecord } from './key-file.ts';
import { lookAtState, readKeyFile } from './read-key-file.ts';

/** Milliseconds between two looks at the file. */
const INTERVAL = 500;

export interface KeyFileListener {
  /** Called when the file has other keys than before. */
  onKeys(keys: readonly KeyRecord[]): void;
  /** Called when the file is unusable, once for each state of it. */
  onFailure(error: unknown): void;
}

/**
 * Reads the file, and again whenever it changes, until it is closed. Polls the file by its name, and so sees writes
 * in place, renames, and switched symbolic links on any file system, which inotify does not.
 *
 * @throws KeyFileError when the file cannot be used at start.
 */
export async function watchKeyFile(
  file: string,
  listener: KeyFileListener,
  interval = INTERVAL,
): Promise<() => void> {
  const first = await readKeyFile(file);
  listener.onKeys(first.keys);
  let known = JSON.stringify(first.keys);
  let seen = first.state;
  /**
   * Two changes within a tick of the file system's clock may look like one, so the file is read once more after each.
   */
  let isSettled = false;
  let failed: string | undefined;

  const look = async (): Promise<void> => {
    const state = await lookAtState(file);
    if (state === seen && isSettled) return;
    isSettled = state === seen;
    seen = state;
    try {
      const { keys } = await readKeyFile(file);
      failed = undefined;
      const text = JSON.stringify(keys);
      if (text === known) return;
      known = text;
      listener.onKeys(keys);
    } catch (error) {
      if (failed !== state) listener.onFailure(error);
      failed = state;
    }
  };

  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = undefined));
  }, interval).unref();
  return () => clearInterval(timer);
}
