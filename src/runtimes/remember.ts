/**
 * Milliseconds after which a failed search is repeated: the tool may be installed by then, but a search can start
 * programs.
 */
const LOOK_AGAIN_MS = 10_000;

interface Look<T> {
  readonly found: Promise<T>;
  /** Time by `performance.now()`; undefined during the search and after a success. */
  failedAt: number | undefined;
}

/**
 * Searches once and returns the result from then on; concurrent callers share one search. Throws a failure again for
 * `lookAgainMs`, after which the next call searches anew.
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
