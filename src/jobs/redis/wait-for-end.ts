import { isFinal } from '../../core/contract/jobs/job-state.ts';
import type { WaitOptions } from '../jobs.ts';
import type { JobCommands } from './commands.ts';
import type { News } from './news.ts';

/** Milliseconds between two looks at a job, for changes that nobody heard of. */
const LOOK = 3000;

/**
 * Resolves with the next change of a job, or after a while.
 * @param look returns whether there is nothing to wait for.
 * @returns what `look` said before the wait. Rejects with the signal's reason.
 */
export async function nextChange(
  news: News,
  name: string,
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
  look: () => Promise<boolean>,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the signal's own reason
  const leave = (): void => reject(signal.reason);
  promise.catch(() => undefined);
  signal.throwIfAborted();
  signal.addEventListener('abort', leave, { once: true });
  const timer = setTimeout(resolve, Math.min(LOOK, most));
  using _follower = news.follow(name, () => resolve());
  try {
    // Looks for an end that came before it followed.
    if (await look()) return true;
    await promise;
    return false;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}

/** Waits until a job is final or gone, or the time is over. */
export async function waitForEnd(
  { commands, news }: { readonly commands: JobCommands; readonly news: News },
  name: string,
  { seconds, signal }: WaitOptions,
): Promise<void> {
  const until = performance.now() + seconds * 1000;
  const isOver = async (): Promise<boolean> => {
    const state = await commands.peek(name);
    return state === undefined || isFinal(state);
  };
  for (;;) {
    const left = until - performance.now();
    if (left <= 0 || (await nextChange(news, name, { most: left, signal }, isOver))) return;
  }
}
