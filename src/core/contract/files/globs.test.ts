import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complainAboutGlob, matchesAny, parseGlob } from './globs.ts';

const matches = (pattern: string, path: string): boolean => matchesAny([parseGlob(pattern)], path);

describe('matchesAny', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'b', false],
    ['*', 'a.txt', true],
    ['*', 'd/a', false],
    ['*', '.a', false],
    ['.*', '.a', true],
    ['?a', '.a', false],
    ['[.]a', '.a', false],
    ['**', 'a', true],
    ['**', 'd/e/a', true],
    ['**', 'd/.e/a', false],
    ['**/.e/*', 'd/.e/a', true],
    ['**', '__pycache__/a.pyc', false],
    ['**/*.pyc', 'd/__pycache__/a.pyc', false],
    ['*/a.pyc', '__pycache__/a.pyc', false],
    ['__pycach[e]__/*', '__pycache__/a.pyc', false],
    ['__pycache__/*', '__pycache__/a.pyc', true],
    ['**/__pycache__/**', 'd/__pycache__/a.pyc', true],
    ['**', 'a__pycache__/a.pyc', true],
    ['d/**', 'd', false],
    ['d/**', 'd/e/f', true],
    ['**/a', 'a', true],
    ['d/**/a', 'd/a', true],
    ['d/**/a', 'd/e/f/a', true],
    ['d/**/a', 'e/a', false],
    ['a**b', 'axb', true],
    ['a**b', 'a/b', false],
    ['*.[ct]sv', 'x.csv', true],
    ['[a-c]', 'b', true],
    ['[!a-c]', 'b', false],
    ['[^a-c]', 'd', true],
    ['[]]', ']', true],
    ['[!]]', 'a', true],
    ['[a-]', '-', true],
    ['[[]', '[', true],
    ['?', '😀', true],
    ['[😀-😂]', '😁', true],
    ['a\\b', 'a\\b', true],
    ['{a,b}', 'a', false],
    ['a.c', 'abc', false],
    ['A', 'a', false],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it('agrees with a regular expression', () => {
    const pattern = fc.string({
      unit: fc.constantFrom('a', 'b', '*', '?', '/'),
      minLength: 1,
      maxLength: 10,
    });
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(pattern, path, (glob, file) => {
        fc.pre(complainAboutGlob(glob) === undefined && !file.split('/').includes(''));
        expect(matches(glob, file)).toBe(toExpression(glob).test(file));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes no time for names that are made to take some', () => {
    const name = 'a'.repeat(250);
    expect(matches(`${'*a'.repeat(100)}b`, name)).toBe(false);
    expect(matches(`${'**/'.repeat(15)}${'*a*/'.repeat(15)}b`, `${'aaaaaaa/'.repeat(31)}a`)).toBe(false);
  });
});

describe('a budget', () => {
  it('ends a search that names and patterns were made for', () => {
    const glob = parseGlob(`${'**/'.repeat(3)}${'*a'.repeat(100)}b`);
    const budget = { steps: 10_000 };
    expect(
      matchesAny(
        Array.from({ length: 1e6 }, () => glob),
        'a'.repeat(250),
        budget,
      ),
    ).toBe(false);
    expect(budget.steps).toBeLessThanOrEqual(0);
    expect(matchesAny([parseGlob('a')], 'a', budget)).toBe(false);
  });

  it('counts the ranges of a class', () => {
    const budget = { steps: 1000 };
    expect(matchesAny([parseGlob(`[${'b'.repeat(200)}]`)], 'a', budget)).toBe(false);
    expect(budget.steps).toBe(1000 - 201);
  });
});

/**
 * Converts a glob to the regular expression of a shell with globstar, for patterns without classes and names without
 * dots.
 */
function toExpression(glob: string): RegExp {
  const segments = glob.split('/');
  const parts = segments.map((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === '**') return isLast ? '[^/]+(/[^/]+)*' : '([^/]+/)*';
    const names = segment.replaceAll(/\*+/g, '[^/]*').replaceAll('?', '[^/]');
    return isLast ? names : `${names}/`;
  });
  return new RegExp(`^${parts.join('')}$`);
}

describe('complainAboutGlob', () => {
  it.each(['**', 'a/[b]*', '*.csv', 'a\\b', '[!a]'])('has nothing to say of %s', (pattern) => {
    expect(complainAboutGlob(pattern)).toBeUndefined();
  });
  it.each(['', '/a', '../*', 'a/', 'a//b', './a', '[', 'a/[]', '[!]', 'x'.repeat(2000), '\ud800', 'a\0'])(
    'refuses %j',
    (pattern) => {
      expect(complainAboutGlob(pattern)).toBeTypeOf('string');
    },
  );
});
