import { check } from 'recheck';
import type { Found, Pattern } from './find-patterns.ts';

/** Milliseconds for one pattern; what takes longer to prove is too complicated to stay. */
const MOST_PROOF = 120_000;

/** Takes a pattern, as `/source/flags`, for proven without another look. */
export type IsProven = (pattern: string) => boolean;

export interface Judgement {
  /** Complaints, a line each. */
  readonly complaints: readonly string[];
  /** Every pattern that was found to be linear. */
  readonly proven: readonly string[];
}

export const writePattern = ({ source, flags }: Pick<Pattern, 'source' | 'flags'>): string =>
  `/${source}/${flags}`;

/** Holds patterns to linear time, but for the exceptions; one that is not needed is a complaint, too, and so is no pattern. */
export async function judgePatterns(
  found: readonly Found[],
  exceptions: Readonly<Record<string, string>>,
  isProven: IsProven = () => false,
): Promise<Judgement> {
  const patterns = found.flatMap((one) => one.patterns);
  const unread = found.flatMap((one) => one.unread);
  if (patterns.length === 0)
    return { complaints: ['No pattern was found: nothing was checked.'], proven: [] };
  const complaints: string[] = [];
  const used = new Set<string>();
  const excuse = (key: string): boolean => {
    if (Object.hasOwn(exceptions, key)) used.add(key);
    return used.has(key);
  };
  for (const { written, place } of unread) {
    if (!excuse(written))
      complaints.push(`${place}: what ${written} compiles cannot be told from the source`);
  }
  const proven = new Set<string>();
  for (const pattern of new Map(patterns.map((one) => [writePattern(one), one])).values()) {
    const key = writePattern(pattern);
    if (excuse(key)) continue;
    const complaint = isProven(key) ? undefined : await complainAbout(pattern);
    if (complaint === undefined) proven.add(key);
    else complaints.push(`${pattern.place}: ${key} ${complaint}`);
  }
  for (const key of Object.keys(exceptions)) {
    if (!used.has(key)) complaints.push(`the exception for ${key} is needed no more`);
  }
  return { complaints, proven: [...proven].toSorted() };
}

async function complainAbout({ source, flags }: Pattern): Promise<string | undefined> {
  const result = await check(source, flags, { timeout: MOST_PROOF });
  if (result.status === 'safe') return undefined;
  if (result.status === 'unknown') return 'could not be proven to take linear time';
  const attack = result.attack.pattern;
  return `takes ${result.complexity.summary} time: ${attack.length > 200 ? `${attack.slice(0, 200)}…` : attack}`;
}
