import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeEntry } from './entry.ts';
import { allowsDestination, covers, judgeAddress, resolveNetwork } from './grant.ts';
import { parseEntries } from './request.ts';

const list = (text: string) => parseEntries(text.split(' ').filter((word) => word !== ''));
const texts = (entries: Parameters<typeof writeEntry>[0][]) => entries.map(writeEntry);

describe('covers', () => {
  it.each([
    ['public', 'public', true],
    ['public', 'example.com:443', true],
    ['public', '*.example.com:443', true],
    ['public', '1.1.1.1:53', true],
    ['public', '10.0.0.1:80', false],
    ['public', '[::1]:80', false],
    ['a.example:443', 'a.example:443', true],
    ['a.example:443', 'a.example:80', false],
    ['a.example:443', 'b.a.example:443', false],
    ['a.example:443', 'public', false],
    ['*.example:443', 'a.example:443', true],
    ['*.example:443', 'b.a.example:443', true],
    ['*.example:443', 'example:443', false],
    ['*.example:443', 'notexample:443', false],
    ['*.example:443', 'a.example:80', false],
    ['*.example:443', '*.a.example:443', true],
    ['*.example:443', '*.example:443', true],
    ['*.a.example:443', '*.example:443', false],
    ['*.example:443', 'public', false],
    ['10.0.0.1:80', '10.0.0.1:80', true],
    ['10.0.0.1:80', '10.0.0.2:80', false],
  ])('%s over %s: %s', (ceiling, asked, expected) => {
    const [one, other] = [...list(ceiling), ...list(asked)];
    expect(one && other && covers(one, other)).toBe(expected);
  });
});

describe('resolveNetwork', () => {
  const operator = list('a.example:443 *.b.example:443 10.0.0.5:5432');

  it('gives nothing where nothing was asked for', () => {
    expect(resolveNetwork(false, operator, undefined)).toEqual({ grant: undefined });
    expect(resolveNetwork([], [], undefined)).toEqual({ grant: undefined });
  });

  it('gives everything that operator and key allow', () => {
    expect(resolveNetwork(true, operator, undefined)).toMatchObject({ grant: { allow: operator, operator } });
    const narrowed = resolveNetwork(true, operator, list('x.b.example:443 *.example:443 a.example:80'));
    expect(narrowed).toMatchObject({
      grant: { allow: list('x.b.example:443 a.example:443 *.b.example:443') },
    });
    expect(resolveNetwork(true, list('public'), list('a.example:1'))).toMatchObject({
      grant: { allow: list('a.example:1') },
    });
  });

  it('gives what there is to who takes nothing as well', () => {
    expect(resolveNetwork('if allowed', operator, undefined)).toMatchObject({ grant: { allow: operator } });
    expect(resolveNetwork('if allowed', operator, [])).toEqual({ grant: undefined });
    expect(resolveNetwork('if allowed', [], undefined)).toEqual({ grant: undefined });
  });

  it('names what is over a ceiling, and whose', () => {
    expect(resolveNetwork(true, [], undefined)).toEqual({ excess: [], by: 'operator' });
    expect(resolveNetwork(true, operator, [])).toEqual({ excess: [], by: 'key' });
    const asked = list('a.example:443 c.example:443 public');
    expect(resolveNetwork(asked, operator, undefined)).toEqual({ excess: asked.slice(1), by: 'operator' });
    expect(resolveNetwork(list('a.example:443'), operator, list('10.0.0.5:5432'))).toEqual({
      excess: list('a.example:443'),
      by: 'key',
    });
  });

  it('never gives more than each of the three', () => {
    const word = fc.constantFrom(
      'public',
      'a.example:1',
      'b.a.example:1',
      '*.example:1',
      '*.a.example:1',
      '1.1.1.1:1',
      '10.0.0.1:1',
    );
    const words = fc.array(word, { maxLength: 5 }).map(parseEntries);
    fc.assert(
      fc.property(words, words, fc.oneof(fc.constant(true), words), (mine, key, wish) => {
        const resolved = resolveNetwork(wish, mine, key);
        if (!('grant' in resolved) || resolved.grant === undefined) return;
        for (const one of resolved.grant.allow) {
          expect(mine.some((other) => covers(other, one))).toBe(true);
          expect(key.some((other) => covers(other, one))).toBe(true);
          if (wish !== true) expect(wish.some((other) => covers(other, one))).toBe(true);
        }
        expect(new Set(texts([...resolved.grant.allow])).size).toBe(resolved.grant.allow.length);
      }),
    );
  });
});

const name = (host: string, port = 5432) => ({ kind: 'name', host, port }) as const;
const grant = (allow: string, operator: string) => ({ allow: list(allow), operator: list(operator) });

describe('judgeAddress', () => {
  it('lets public addresses through, and no other', () => {
    const open = grant('public', 'public');
    expect(allowsDestination(open, name('x.example'))).toBe(true);
    expect(judgeAddress(open, name('x.example'), '1.1.1.1', false)).toBeUndefined();
    expect(judgeAddress(open, name('x.example'), '127.0.0.1', false)).toBe('loopback');
    expect(judgeAddress(open, name('x.example'), '::ffff:1.1.1.1', false)).toBe('embedded');
    expect(judgeAddress(open, name('x.example'), '1.1.1.1', true)).toBe('own');
  });

  it('makes an exception for an address on the list, where its name is there too or it was asked for itself', () => {
    const named = grant('db.example:5432', 'db.example:5432 10.0.0.5:5432');
    expect(judgeAddress(named, name('db.example'), '10.0.0.5', false)).toBeUndefined();
    expect(judgeAddress(named, name('db.example'), '10.0.0.6', false)).toBe('private');
    expect(judgeAddress(named, name('db.example', 80), '10.0.0.5', false)).toBe('private');
    const pattern = grant('*.in.example:5432', '*.in.example:5432 [fd00::5]:5432');
    expect(judgeAddress(pattern, name('db.in.example'), 'fd00:0::5', false)).toBeUndefined();
    const itself = grant('public 10.0.0.5:5432', 'public 10.0.0.5:5432');
    expect(judgeAddress(itself, name('any.example'), '10.0.0.5', false)).toBeUndefined();
    const own = grant('s.example:5432', 's.example:5432 8.8.8.8:5432');
    expect(judgeAddress(own, name('s.example'), '8.8.8.8', true)).toBeUndefined();
  });

  it('makes none for a name that is public only, nor for a list without the address', () => {
    const narrow = grant('public', 'public 10.0.0.5:5432');
    expect(judgeAddress(narrow, name('evil.example'), '10.0.0.5', false)).toBe('private');
    const bare = grant('db.example:5432', 'db.example:5432');
    expect(judgeAddress(bare, name('db.example'), '10.0.0.5', false)).toBe('private');
  });
});
