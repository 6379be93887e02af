import { describe, expect, it } from 'vitest';
import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPatterns } from './find-patterns.ts';
import { judgePatterns } from './judge-patterns.ts';

const judge = (text: string, exceptions = {}) => judgePatterns([findPatterns('a.ts', text)], exceptions);

describe('what patterns a source has', () => {
  it('finds literals, and what is compiled of texts that stand there', () => {
    const text = [
      'const word = "a+";',
      'const two = String.raw`^${word}\\.$`;',
      'f(/x{2}/gu, "/no/", 4 / 2 / 1);',
      'new RegExp(two, "m"); RegExp(`${two}b`);',
    ].join('\n');
    expect(findPatterns('a.ts', text)).toEqual({
      patterns: [
        { source: 'x{2}', flags: 'gu', place: 'a.ts:3' },
        { source: '^a+\\.$', flags: 'm', place: 'a.ts:4' },
        { source: '^a+\\.$b', flags: '', place: 'a.ts:4' },
      ],
      unread: [],
    });
  });

  it('says what it cannot read', () => {
    expect(findPatterns('a.ts', 'new RegExp(given)').unread).toEqual([
      { written: 'new RegExp(given)', place: 'a.ts:1' },
    ]);
  });

  it('reads Python', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'brig-patterns-'));
    const file = join(folder, 'a.py');
    await writeFile(file, 'import re\nre.compile(r"(?P<a>x+)\\Z", re.I | re.M)\nre.sub(given, "", "")\n');
    const program = join(import.meta.dirname, 'find-python-patterns.py');
    const { stdout } = await execa('python3', [program, file]);
    await rm(folder, { recursive: true });
    expect(JSON.parse(stdout)).toEqual([
      { place: `${file}:2`, source: '(?<a>x+)$', flags: 'im' },
      { place: `${file}:3`, written: 're.sub(given, "", "")' },
    ]);
  });
});

describe('what is wrong with them', { timeout: 120_000 }, () => {
  it.each([
    String.raw`/\/+$/`,
    String.raw`/^(a+)+$/`,
    String.raw`/\nBun v[\d.]+\S* \(Linux x64[^)]*\)\s*$/`,
    String.raw`/(^|\s)#.*$/`,
    String.raw`/unsupported operand type.*'NoneType'/`,
    'new RegExp(`${"a*"}a*b`)',
  ])('refuses %s', async (planted) => {
    const { complaints } = await judge(planted);
    expect(complaints).toEqual([expect.stringMatching(/^a\.ts:1: .* takes .* time: /)]);
  });

  it('has nothing to say of linear ones', async () => {
    expect(await judge('/^[a-z]+$/; /a/')).toEqual({ complaints: [], proven: ['/^[a-z]+$/', '/a/'] });
  });

  it('refuses to have checked nothing', async () => {
    expect((await judge('const a = 1;')).complaints).toHaveLength(1);
  });

  it('takes exceptions that are needed, and no others', async () => {
    expect((await judge('new RegExp(given); /a/', { 'new RegExp(given)': 'short' })).complaints).toEqual([]);
    expect((await judge('new RegExp(given); /a/')).complaints).toHaveLength(1);
    expect((await judge('/a/', { '/b/': 'short' })).complaints).toEqual([
      'the exception for /b/ is needed no more',
    ]);
  });
});
