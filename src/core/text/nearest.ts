import { distance } from 'fastest-levenshtein';

/**
 * Longest word compared: a longer one is no misspelt identifier, and the distance takes the product of both lengths.
 */
const MAX_WORD = 64;
/** Shortest prefix that counts as similar; a shorter one matches too many names. */
const MIN_PREFIX = 4;

/**
 * Returns the candidates most similar to `wanted`, best first: differing in case only, then by edit distance, then by
 * name. Only those close enough to be a typing error (a third of the letters, at least one).
 */
export function nearest(wanted: string, candidates: Iterable<string>, most = 3): string[] {
  if (wanted === '' || wanted.length > MAX_WORD) return [];
  return rank(wanted, candidates)
    .filter(({ score }) => score <= Math.max(1, Math.floor(wanted.length / 3)))
    .slice(0, most)
    .map(({ name }) => name);
}

/** Returns all names, the most similar to `wanted` first. */
export function nearestFirst(wanted: string, names: Iterable<string>): string[] {
  return rank(wanted, names).map(({ name }) => name);
}

function rank(wanted: string, names: Iterable<string>): { name: string; score: number }[] {
  const folded = fold(wanted.slice(0, MAX_WORD));
  return [...new Set(names)]
    .filter((name) => name !== wanted)
    .map((name) => ({ name, score: similarity(folded, wanted, name) }))
    .toSorted((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1));
}

function similarity(folded: string, wanted: string, name: string): number {
  const other = fold(name.slice(0, MAX_WORD));
  if (other === folded) return 0.5;
  if (isSwapped(folded, other)) return 0.4;
  // Matches the beginning of a longer name (`disk` for `disk_mb`).
  if (folded.length >= MIN_PREFIX && other.startsWith(folded)) return 0.9;
  return Math.min(distance(folded, other), distance(wanted.slice(0, MAX_WORD), name.slice(0, MAX_WORD)));
}

const fold = (word: string): string => word.toLowerCase().replaceAll('_', '');

/**
 * Whether two neighbouring letters are swapped (`mian`, `pritn`): one typing error, though the edit distance is two.
 */
function isSwapped(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return one[at] === other[at + 1] && one[at + 1] === other[at] && one.slice(at + 2) === other.slice(at + 2);
}
