import type { Leaf, LeafLimits } from './cgroup.ts';

/** A leaf that can serve one execution after the other. */
export interface ReusableLeaf extends Omit<Leaf, 'giveBack'> {
  /** Resolves when no process is in it. @throws Error when its processes do not end, or it cannot be read. */
  empty(): Promise<void>;
  /**
   * Makes it as good as new: empty, nothing left charged, counters at zero, these limits. Returns false, or throws, when
   * that cannot be shown; then it must be removed.
   */
  renew(limits: LeafLimits): boolean;
}

/**
 * Milliseconds for which a leaf rests between two executions, longer than a period of CPU bandwidth: one that used up
 * its quota has a full one again, and memory that the kernel frees late is free.
 */
const REST_MS = 150;
/** Milliseconds after which a leaf that nobody wants is removed: an idle service has none but those of its jails. */
const KEPT_MS = 1000;
/** Maximum number of resting leaves: enough for a hundred executions a second. */
export const MOST_RESTING = 16;

export interface ReuseOptions {
  readonly make: (name: string, limits: LeafLimits, freezes: boolean) => ReusableLeaf;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Gives leaves out again: making and removing a leaf in four hierarchies costs more than all else that is done to it. */
export interface Leaves {
  /**
   * Returns a leaf for one execution. Once it was given back or removed, it is dead: another execution may have what
   * is behind it.
   */
  create(name: string, limits: LeafLimits, freezes?: boolean): Leaf;
  /** Removes those that rest. */
  close(): Promise<void>;
}

export function reuseLeaves({ make, now = () => performance.now() }: ReuseOptions): Leaves {
  /** The longest at rest first. */
  const resting: { readonly leaf: ReusableLeaf; readonly since: number }[] = [];
  const removals = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  /** Removes it without anybody waiting. One that cannot be removed is left to the end of the tree. */
  const discard = (leaf: ReusableLeaf): void => {
    const removal = leaf.remove().catch(() => undefined);
    removals.add(removal);
    void removal.finally(() => removals.delete(removal));
  };

  const discardOld = (): void => {
    timer = undefined;
    while (resting[0] !== undefined && now() - resting[0].since >= KEPT_MS) discardFirst();
    watchAge();
  };
  const discardFirst = (): void => {
    const first = resting.shift();
    if (first !== undefined) discard(first.leaf);
  };
  const watchAge = (): void => {
    if (resting[0] !== undefined) timer ??= setTimeout(discardOld, KEPT_MS).unref();
  };

  const giveBack = async (leaf: ReusableLeaf): Promise<void> => {
    const isEmpty = await leaf.empty().then(
      () => true,
      () => false,
    );
    // Tells why, where it is not empty.
    if (!isEmpty || isClosed || resting.length >= MOST_RESTING) return leaf.remove();
    resting.push({ leaf, since: now() });
    watchAge();
  };

  const takeRested = (limits: LeafLimits): ReusableLeaf | undefined => {
    while (resting[0] !== undefined && now() - resting[0].since >= REST_MS) {
      const leaf = resting.shift()?.leaf;
      if (leaf === undefined) break;
      if (isRenewed(leaf, limits)) return leaf;
      discard(leaf);
    }
    return undefined;
  };

  return {
    create: (name, limits, freezes = false) => {
      if (freezes) {
        const own = make(name, limits, true);
        return handOut(own, own.remove);
      }
      const leaf = takeRested(limits) ?? make(name, limits, false);
      return handOut(leaf, () => giveBack(leaf));
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      while (resting.length > 0) discardFirst();
      await Promise.all(removals);
    },
  };
}

function isRenewed(leaf: ReusableLeaf, limits: LeafLimits): boolean {
  try {
    return leaf.renew(limits);
  } catch {
    return false;
  }
}

/** A leaf that is dead after its end. */
function handOut(leaf: ReusableLeaf, giveBack: () => Promise<void>): Leaf {
  let ending: Promise<void> | undefined;
  const use = <T>(act: () => T): T => {
    if (ending !== undefined) throw Object.assign(new Error('the leaf was given back'), { code: 'ENOENT' });
    return act();
  };
  const { readSocketBytes, freeze } = leaf;
  return {
    joinFiles: leaf.joinFiles,
    setLimits: (limits) => use(() => leaf.setLimits(limits)),
    readCpuMs: () => use(leaf.readCpuMs),
    readUsage: () => (ending === undefined ? leaf.readUsage() : undefined),
    ...(readSocketBytes === undefined ? {} : { readSocketBytes: () => use(readSocketBytes) }),
    ...(freeze === undefined ? {} : { freeze: (isFrozen: boolean) => use(() => freeze(isFrozen)) }),
    kill: () => {
      if (ending === undefined) leaf.kill();
    },
    remove: () => (ending ??= leaf.remove()),
    giveBack: () => (ending ??= giveBack()),
  };
}
