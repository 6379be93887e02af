/** Counts the connections of all executions, and gives each owner a fair part. */
export interface Turnstile {
  /** @param owner whose execution it is; undefined for nobody in particular. */
  enter(owner: string | undefined): boolean;
  leave(owner: string | undefined): void;
}

/** An owner may have as many connections as it leaves free, so that a newcomer always finds some. */
export function createTurnstile(most: number): Turnstile {
  const byOwner = new Map<string | undefined, number>();
  let inside = 0;
  return {
    enter: (owner) => {
      const own = byOwner.get(owner) ?? 0;
      if (inside >= most || own + 1 > Math.max(most - inside, 1)) return false;
      byOwner.set(owner, own + 1);
      inside += 1;
      return true;
    },
    leave: (owner) => {
      const left = (byOwner.get(owner) ?? 1) - 1;
      if (left === 0) byOwner.delete(owner);
      else byOwner.set(owner, left);
      inside -= 1;
    },
  };
}
