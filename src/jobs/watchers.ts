import { Refusal } from '../core/contract/refusal.ts';

/** Bounds those who wait for jobs or watch them: each costs a connection. */
export interface Watchers {
  /** Counts a watcher until it is disposed of. @throws Refusal `overloaded` */
  enter(owner: string): Disposable;
}

/** An owner may have as many as it leaves free, so that a newcomer always finds some. */
export function createWatchers(most: number): Watchers {
  const byOwner = new Map<string, number>();
  let all = 0;
  return {
    enter: (owner) => {
      const own = byOwner.get(owner) ?? 0;
      if (own + 1 > Math.max(most - all, 1)) {
        throw new Refusal('overloaded', 'Too many wait for jobs or watch them.', {
          retryAfter: 5,
          suggestions: ['Ask for the job without wait, and again later.'],
        });
      }
      byOwner.set(owner, own + 1);
      all += 1;
      let isOver = false;
      return {
        [Symbol.dispose]: () => {
          if (isOver) return;
          isOver = true;
          all -= 1;
          const left = (byOwner.get(owner) ?? 1) - 1;
          if (left === 0) byOwner.delete(owner);
          else byOwner.set(owner, left);
        },
      };
    },
  };
}
