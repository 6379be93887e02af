import type { Attempt, JobCommands } from './commands.ts';

/** Keeps the attempts of this host alive, and ends those that do not count any more. */
export interface Leases {
  /** @returns signal that is aborted when the attempt was cancelled or given to another host. */
  hold(
    attempt: Attempt,
  ): { readonly signal: AbortSignal; readonly end: (reason: unknown) => void } & Disposable;
  close(): void;
}

/** @param lease milliseconds for which an attempt counts as alive. */
export function holdLeases(commands: JobCommands, lease: number, reason: () => unknown): Leases {
  const held = new Map<Attempt, AbortController>();
  let isAsking = false;
  const renew = async (): Promise<void> => {
    if (held.size === 0 || isAsking) return;
    isAsking = true;
    try {
      for (const attempt of await commands.renew(lease, [...held.keys()])) held.get(attempt)?.abort(reason());
    } catch {
      // Whether an attempt still counts is decided when its outcome is committed.
    } finally {
      isAsking = false;
    }
  };
  const timer = setInterval(() => void renew(), lease / 4).unref();
  return {
    hold: (attempt) => {
      const controller = new AbortController();
      held.set(attempt, controller);
      return {
        signal: controller.signal,
        end: (cause) => controller.abort(cause),
        [Symbol.dispose]: () => held.delete(attempt),
      };
    },
    close: () => clearInterval(timer),
  };
}
