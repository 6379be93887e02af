import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Survey, SurveyLists } from '../core/contract/survey.ts';
import { createAnalyzer, type Analyzer } from './analyzer.ts';

let analyzer: Analyzer;
beforeAll(async () => {
  analyzer = await createAnalyzer();
});
afterAll(() => analyzer.close());

const nothing: SurveyLists = { modules: [], functions: [] };
const some: SurveyLists = {
  modules: ['subprocess', 'http.client'],
  functions: ['eval', 'open', 'os.*', 'os.system', 'mine'],
};

const survey = async (script: string, lists = nothing): Promise<Survey> => {
  const found = await analyzer.survey(script, lists, { queueKey: 'ada' });
  if (found === undefined) throw new Error('not surveyed');
  return found;
};
const tell = async (script: string): Promise<string[]> =>
  (await survey(script, some)).uses.map(
    ({ kind, name, written, line, column }) => `${line}:${column} ${kind} ${name} ${written}`,
  );

describe('what a script consists of', () => {
  it.each([
    ['def a(): pass\n"text"\ndef b(): pass', true, 'b'],
    ['"""Doc."""\n# comment\n@wrap\ndef a():\n    def inner(): pass', true, 'a'],
    ['async def a(): pass', false, 'a'],
    ['import math\ndef a(): pass', false, 'a'],
    ['if True:\n    def a(): pass', false, undefined],
    ['x = 1', false, undefined],
    ['', false, undefined],
  ])('%j', async (script, isFunctionsOnly, lastFunction) => {
    expect(await survey(script)).toEqual({ isReadable: true, isFunctionsOnly, lastFunction, uses: [] });
  });

  it('says where a text cannot be read', async () => {
    expect((await survey('def (:')).isReadable).toBe(false);
  });

  it('reads a long script on the thread', async () => {
    const script = `${'x = 1\n'.repeat(10_000)}def a(): pass`;
    expect((await survey(script)).lastFunction).toBe('a');
  });
});

describe('what it uses', () => {
  it.each([
    ['import subprocess', ['1:0 import subprocess subprocess']],
    ['x = 1; import http.client as h', ['1:7 import http.client http.client']],
    ['from http import client', ['1:0 import http.client http.client']],
    ['from subprocess import run, call', ['1:0 import subprocess subprocess']],
    ['from os import system\nsystem("x")', ['1:0 import os.system os.system', '2:0 call os.system system']],
    ['from os import getcwd\ngetcwd()', ['2:0 call os.getcwd getcwd']],
    ['import os as o\no.system("x")', ['2:0 call os.system o.system']],
    ['x = eval\nx("1")', ['2:0 call eval x']],
    ['list(map(eval, "12"))', ['1:9 reference eval eval']],
    ['__import__("os").popen("x")', ['1:0 call os.popen __import__("os").popen']],
    ['from os import *', ['1:0 import os.* *']],
    ['import shutil\nshutil.subprocess.run()', ['2:0 import subprocess shutil.subprocess']],
    ['from theirs import mine\nmine()', ['2:0 call theirs.mine mine']],
    ['from os import path, environ\nprint(path.join(environ["HOME"]))', ['2:6 call os.path.join path.join']],
    ['def system(x): pass\nsystem("ls")', []],
    ['import os\nprint(os.name)', []],
  ])('%j', async (script, told) => {
    expect(await tell(script)).toEqual(told);
  });

  it('gives the literal that a call begins with', async () => {
    const { uses } = await survey('open("/etc/passwd")\nopen(name)', some);
    expect(uses.map(({ argument }) => argument)).toEqual(['/etc/passwd', undefined]);
  });
});
