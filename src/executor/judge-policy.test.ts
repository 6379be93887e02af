import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAnalyzer, type Analyzer } from '../analysis/analyzer.ts';
import type { InputFile } from '../core/contract/request.ts';
import { judgePolicy } from './judge-policy.ts';

let analyzer: Analyzer;
beforeAll(async () => {
  analyzer = await createAnalyzer();
});
afterAll(() => analyzer.close());

const policy = { mode: 'report', modules: ['os'], functions: [] } as const;
const file = (path: string, content: string | Buffer): InputFile =>
  ({
    path,
    bytes: new Uint8Array(Buffer.from(content as string)),
    executable: false,
  }) as InputFile;

const judge = (script: string, files: readonly InputFile[] = []) =>
  judgePolicy(analyzer, { script, workspace: { files } as never }, policy, { queueKey: 'ada' });

/** Returns the broken rules, each with its file. */
const brokenBy = async (script: string, files?: readonly InputFile[]) =>
  (await judge(script, files)).findings.map((finding) => [finding.rule, finding.file]);

describe('judgePolicy', () => {
  it('looks at the script and at the modules that come with it', async () => {
    expect(await brokenBy('import os')).toEqual([['denied_module', undefined]]);
    const files = [file('a.py', 'import os'), file('b/c.PYW', 'import os'), file('data.txt', 'import os')];
    expect(await brokenBy('x = 1', files)).toEqual([
      ['denied_module', 'a.py'],
      ['denied_module', 'b/c.PYW'],
    ]);
    expect(await judge('x = 1', [file('a.py', 'x = 1')])).toEqual({ mode: 'report', findings: [], total: 0 });
  });

  it('trusts no module that it cannot read', async () => {
    const latin1 = Buffer.from('x = "\xe9"', 'latin1');
    const unread = [file('a.so', 'x'), file('b.pyc', 'x'), file('c.pyd', 'x'), file('d.py', latin1)];
    expect(await brokenBy('x = 1', unread)).toEqual(
      ['a.so', 'b.pyc', 'c.pyd', 'd.py'].map((path) => ['unreadable_source', path]),
    );
  });

  it.each([
    ['# -*- coding: utf-7 -*-\nx = 1', 1],
    ['#!/usr/bin/python\n# vim: set fileencoding=latin_1 :\nx = 1', 1],
    ['# coding: UTF_8\nx = 1', 0],
    ['# coding=utf-8-sig\nx = 1', 0],
    ['# coding: us-ascii\r\nx = 1', 0],
    ['x = 1\nx = 2\n# coding: utf-7', 0],
    ['x = "# coding: utf-7"', 0],
  ])('reads a module as CPython does: %j', async (content, total) => {
    expect(await judge('x = 1', [file('a.py', content)])).toMatchObject({ total });
  });

  it('analyses so many modules, and says that the others were not', async () => {
    const files = Array.from({ length: 102 }, (_, at) => file(`m${at}.py`, 'x = 1'));
    expect(await brokenBy('x = 1', files)).toEqual([
      ['not_analysed', 'm100.py'],
      ['not_analysed', 'm101.py'],
    ]);
  });

  it('counts more findings than it lists', async () => {
    const files = Array.from({ length: 90 }, (_, at) => file(`m${at}.py`, 'import os\n'.repeat(5)));
    const { findings, total } = await judge('x = 1', files);
    expect(total).toBe(450);
    expect(findings.length).toBeLessThan(total);
  });
});
