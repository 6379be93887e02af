import { createRandom as createNumbers } from '../random.ts';

/** Choices that a seed decides. */
export interface Random {
  /** From 0 to below `most`. */
  below(most: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

export function createRandom(seed: number): Random {
  const next = createNumbers(seed);
  const below = (most: number): number => Math.floor(next() * most);
  return { below, pick: (items) => items[below(items.length)] ?? items[0] };
}
