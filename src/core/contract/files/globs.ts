import { complainAboutPath } from './paths.ts';

/*
 * Glob patterns as in a shell: `*`, `?` and `[a-z]` within a segment, `**` for any number of folders. A wildcard does
 * not match the leading dot of a hidden name, nor the folder of Python's byte code: imports write it, no script means
 * it.
 *
 * A library would convert them to regular expressions, which a hostile name from the jail, like `aaaa…`, can keep
 * searching forever. This matcher takes time in proportion to pattern times name, and counts its steps.
 */

/** A character, a class of characters, or a wildcard: `any` for one, `many` for any number. */
type Token = string | ClassToken;
/** Ranges of code points. */
type ClassToken = readonly [isNegated: boolean, ranges: readonly (readonly [from: number, to: number])[]];

/** `deep` for any number of folders, otherwise the tokens of a name. */
type Segment = 'deep' | readonly Token[];

const BYTE_CODE = '__pycache__';

/** A parsed pattern. Plain JSON, which the harness in the jail uses as well. */
export type Glob = readonly Segment[];

/** Returns the reason to reject a pattern, as the end of a sentence; undefined when it is valid. */
export function complainAboutGlob(pattern: string): string | undefined {
  const complaint = complainAboutPath(pattern);
  if (complaint !== undefined) return complaint;
  const isOpen = pattern.split('/').some((segment) => tokenize(segment) === undefined);
  return isOpen ? 'has a "[" that is not closed; "[[]" matches the character itself' : undefined;
}

/** Parses a pattern that `complainAboutGlob` accepts. */
export function parseGlob(pattern: string): Glob {
  const segments = pattern.split('/');
  const glob: Segment[] = [];
  for (const segment of segments) {
    if (segment === '**') {
      if (glob.at(-1) !== 'deep') glob.push('deep');
    } else glob.push(tokenize(segment) ?? []);
  }
  // `out/**` means every file below `out`.
  if (glob.at(-1) === 'deep') glob.push(['many']);
  return glob;
}

function tokenize(segment: string): Token[] | undefined {
  const characters = Array.from(segment);
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*') {
      if (tokens.at(-1) !== 'many') tokens.push('many');
    } else if (character === '?') tokens.push('any');
    else if (character === '[') {
      const start = at + 1;
      const isNegated = characters[start] === '!' || characters[start] === '^';
      const first = isNegated ? start + 1 : start;
      // Directly after the bracket, `]` is a member.
      const end = characters.indexOf(']', first + 1);
      if (end === -1) return undefined;
      tokens.push([isNegated, toRanges(characters.slice(first, end))]);
      at = end;
    } else tokens.push(character);
  }
  return tokens;
}

function toRanges(members: readonly string[]): [from: number, to: number][] {
  const ranges: [from: number, to: number][] = [];
  for (let at = 0; at < members.length; at += 1) {
    const from = members[at]?.codePointAt(0) ?? 0;
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push([from, isRange ? (members[at + 2]?.codePointAt(0) ?? 0) : from]);
    if (isRange) at += 2;
  }
  return ranges;
}

/** Comparisons of single characters left for a search; it ends when there are none. */
export interface MatchBudget {
  steps: number;
}

/** Whether a path matches any pattern; false when the budget does not suffice. */
export function matchesAny(
  globs: readonly Glob[],
  path: string,
  budget: MatchBudget = { steps: Infinity },
): boolean {
  const names = path.split('/').map((segment) => Array.from(segment));
  return globs.some((glob) => {
    let states = close(glob, new Set([0]));
    for (const name of names) states = step(glob, states, name, budget);
    return states.has(glob.length) && budget.steps > 0;
  });
}

function step(
  glob: Glob,
  states: ReadonlySet<number>,
  name: readonly string[],
  budget: MatchBudget,
): Set<number> {
  const after = new Set<number>();
  for (const state of states) {
    const segment = glob[state];
    if (segment === 'deep') {
      if (name[0] !== '.' && !isByteCode(name)) after.add(state);
    } else if (segment !== undefined && matchesName(segment, name, budget)) after.add(state + 1);
  }
  return close(glob, after);
}

/** Adds the states in which `**` matches no folder. */
function close(glob: Glob, states: Set<number>): Set<number> {
  for (const state of states) if (glob[state] === 'deep') states.add(state + 1);
  return states;
}

/** Whether a name, or the tokens of one without wildcards, is the folder of Python's byte code. */
const isByteCode = (name: readonly Token[]): boolean =>
  name.length === BYTE_CODE.length && name.every((token, at) => token === BYTE_CODE[at]);

/** On a mismatch only the last `*` takes one more character; earlier ones need no backtracking. */
function matchesName(tokens: readonly Token[], name: readonly string[], budget: MatchBudget): boolean {
  if (name[0] === '.' && tokens[0] !== '.') return false;
  if (isByteCode(name) && !isByteCode(tokens)) return false;
  let [at, token, star, from] = [0, 0, -1, 0];
  while (at < name.length) {
    const current = tokens[token];
    budget.steps -= costOf(current);
    if (budget.steps <= 0) return false;
    if (current === 'many') {
      [star, from] = [token, at];
      token += 1;
    } else if (current !== undefined && matchesOne(current, name[at] ?? '')) {
      [token, at] = [token + 1, at + 1];
    } else if (star === -1) return false;
    else {
      from += 1;
      [token, at] = [star + 1, from];
    }
  }
  while (tokens[token] === 'many') token += 1;
  return token === tokens.length;
}

/** A class costs one comparison for each range. */
const costOf = (token: Token | undefined): number => (typeof token === 'object' ? 1 + token[1].length : 1);

function matchesOne(token: Token, character: string): boolean {
  if (typeof token === 'string') return token === 'any' || token === character;
  const code = character.codePointAt(0) ?? 0;
  const [isNegated, ranges] = token;
  return ranges.some(([from, to]) => from <= code && code <= to) !== isNegated;
}
