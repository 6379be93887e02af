/** What is missing may have been installed meanwhile; looking for it can start programs, so not at every request. */
const LOOK_AGAIN_MS = 10_000;

interface Look<T> {
  readonly found: Promise<T>;
  /** By `performance.now()`; undefined while it goes on and where it found something. */
  failedAt: number | undefined;
}

/**
 * Looks once and gives what was found ever after; who asks meanwhile waits for the same look. What `look` throws is
 * thrown again for `lookAgainMs`, after which the next one to ask has it looked for again.
 */
export function rememberFound<T>(look: () => Promise<T>, lookAgainMs = LOOK_AGAIN_MS): () => Promise<T> {
  let last: Look<T> | undefined;
  const start = (): Look<T> => {
    const current: Look<T> = { found: look(), failedAt: undefined };
    current.found.catch(() => {
      current.failedAt = performance.now();
    });
    return current;
  };
  return () => {
    const isStale = last?.failedAt !== undefined && performance.now() - last.failedAt >= lookAgainMs;
    if (last === undefined || isStale) last = start();
    return last.found;
  };
}
