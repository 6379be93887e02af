import type { Parser } from 'web-tree-sitter';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DenyLists } from '../../core/contract/policy/deny-lists.ts';
import type { PolicyFindings } from '../../core/contract/policy/policy.ts';
import { unlimited } from '../clock.ts';
import { createParser } from '../grammar.ts';
import { normalizeSource } from '../source-text.ts';
import { analysePolicy } from './analyse-policy.ts';

let parser: Parser;
beforeAll(async () => {
  parser = await createParser();
});
afterAll(() => parser.delete());

const none: DenyLists = { modules: [], functions: [] };
const judge = (script: string, lists: Partial<DenyLists> = {}): PolicyFindings =>
  analysePolicy(parser, normalizeSource(script), { ...none, ...lists }, unlimited);
/** Returns `rule name line:column` of each finding. */
const write = (script: string, lists?: Partial<DenyLists>): string[] =>
  judge(script, lists).findings.map(({ rule, name, line, column }) => `${rule} ${name} ${line}:${column}`);

describe('denied_module', () => {
  const lists = { modules: ['urllib.request', 'requests'] };

  it.each([
    ['import subprocess', 'subprocess 1:8'],
    ['import json, subprocess as s', 'subprocess 1:14'],
    ['def main():\n    import ctypes.util', 'ctypes.util 2:12'],
    ['from subprocess import run', 'subprocess 1:6'],
    ['from subprocess import *', 'subprocess 1:6'],
    ['if x:\n  try:\n    import pty\n  except E: pass', 'pty 3:12'],
    ['import urllib.request', 'urllib.request 1:8'],
    ['from urllib import request as r', 'urllib.request 1:20'],
    ['from urllib.request import urlopen', 'urllib.request 1:6'],
    ['import requests.adapters', 'requests.adapters 1:8'],
    ['import urllib.parse\nurllib.request', 'urllib.request 2:1'],
    ['__import__("subprocess")', 'subprocess 1:1'],
    ['__import__("sub" + "process")', 'subprocess 1:1'],
    [String.raw`__import__("\x73ubprocess")`, 'subprocess 1:1'],
    ['import importlib\nimportlib.import_module("subprocess")', 'subprocess 2:1'],
    ['from importlib import import_module as load\nload("urllib.request")', 'urllib.request 2:1'],
    ['import sys\nsys.modules["subprocess"]', 'subprocess 2:1'],
    ['import random\nrandom._os.path\nx = random.subprocess', 'subprocess 3:5'],
    ['import ｓubprocess', 'subprocess 1:8'],
    ['x = "😀"; import subprocess', 'subprocess 1:17'],
  ])('%j', (script, found) => {
    expect(write(script, lists)).toContain(`denied_module ${found}`);
  });

  it.each([
    'import json',
    'import urllib.parse',
    'from urllib import parse',
    'import subprocessing',
    'from . import subprocess',
    'from .subprocess import run',
    'from ..requests import get',
    '"import subprocess"',
    '# import subprocess',
    'subprocess = 1\nprint(subprocess)',
    'def subprocess(): pass\nsubprocess()',
    'x.subprocess = 1',
    'f(subprocess=1)',
    '__import__("json")',
    'import importlib\nimportlib.import_module("json")',
    'import sys\nsys.modules[__name__]',
  ])('not %j', (script) => {
    expect(write(script, lists)).toEqual([]);
  });
});

describe('denied_function', () => {
  const lists = { functions: ['open', 'os.remove', 'shutil.*', 'requests.get'] };

  it.each([
    ['import os\nos.system("x")', 'os.system 2:1'],
    ['import os as o\no.popen("x")', 'os.popen 2:1'],
    ['from os import system', 'os.system 1:16'],
    ['from os import system as s\ns("x")', 'os.system 2:1'],
    ['import os.path as p\np.os.system("x")', 'os.system 2:1'],
    ['import os\no = os\nf = o.system\nf("x")', 'os.system 4:1'],
    ['import os\nif (s := os.system)("x"): pass', 'os.system 2:10'],
    ['import os\nrun = os.system if x else print\nrun("x")', 'os.system 3:1'],
    ['import os\na, (b, c) = 1, (os.system, 2)\nb("x")', 'os.system 3:1'],
    ['import os\nfor f in [print, os.system]: f("x")', 'os.system 2:30'],
    ['import os\nmap(os.system, ["x"])', 'os.system 2:5'],
    ['import os\n{"run": os.system}', 'os.system 2:9'],
    ['import os\n@os.system\ndef f(): pass', 'os.system 2:2'],
    ['import os\ndef main(run=os.system): run("x")', 'os.system 2:26'],
    ['import os\ngetattr(os, "sys" "tem")("x")', 'os.system 2:1'],
    ['import os\nos.__dict__["system"]("x")', 'os.system 2:1'],
    ['import os\ngetattr(os, name)("x")', 'os.* 2:1'],
    ['import os\nos.__dict__[name]', 'os.* 2:1'],
    ['import shutil as s\ns.os.system("x")', 'os.system 2:1'],
    ['__import__("os").system("x")', 'os.system 1:1'],
    ['import sys\nsys.modules["os"].system("x")', 'os.system 2:1'],
    ['from os import *', 'os.* 1:16'],
    ['from os import *\nsystem("x")', 'os.system 2:1'],
    ['import os\nos.execv("x", [])', 'os.execv 2:1'],
    ['import os\nos.posix_spawnp("x")', 'os.posix_spawnp 2:1'],
    ['import os\nprint(f"{os.system(1)!r:>{2}}")', 'os.system 2:10'],
    ['import pickle\npickle.loads(b"")', 'pickle.loads 2:1'],
    ['import _pickle\n_pickle.loads(b"")', 'pickle.loads 2:1'],
    ['open("x")', 'open 1:1'],
    ['import io\nio.open("x")', 'open 2:1'],
    ['import builtins as b\nb.open("x")', 'open 2:1'],
    ['import shutil\nshutil.rmtree("x")', 'shutil.rmtree 2:1'],
    ['import requests as r\nr.get("x")', 'requests.get 2:1'],
    ['def f():\n  global o\n  import os as o\ndef g(): o.system("x")', 'os.system 4:10'],
    ['def f():\n  import os\n  class A:\n    def g(self): os.system("x")', 'os.system 4:18'],
    ['import os\n[os for os in os.popen("x")]', 'os.popen 2:15'],
    [
      'async def f():\n  import asyncio\n  await asyncio.create_subprocess_shell("x")',
      'asyncio.create_subprocess_shell 3:9',
    ],
  ])('%j', (script, found) => {
    expect(write(script, lists)).toContain(`denied_function ${found}`);
  });

  it.each([
    'def system(): pass\nsystem()',
    'import os\nprint(os.getcwd(), os.path.join("a", "b"), os.environ["HOME"])',
    'from os import getcwd as system\nsystem()',
    'import os\ndef f(os): os.system("x")',
    'import os\nf = lambda os: os.system("x")',
    'import os\ndef f():\n  os = Shell()\n  os.system("x")',
    'import os\n[os.system for os in shells]',
    'class Os:\n  def system(self): pass\nos = Os()\nos.system("x")',
    '"os.system(1)"  # os.system(1)',
    'f"{x} os.system(1)"',
    'def f(self): self.open(); self.popen()',
    'f(open=1, system=2)',
    'from pathlib import Path\nPath("x").open()',
    'import gzip\ngzip.open("x")',
    'def open(path): pass\nopen("x")',
    'import pickle\npickle.dumps(1)',
    'getattr(thing, name)',
    'import requests\nrequests.post("x")',
    'from . import os\nos.system("x")',
    'from .os import system as s\ns("x")',
    'a = b\nb = a\na()',
  ])('not %j', (script) => {
    expect(write(script, lists)).toEqual([]);
  });

  it('takes os.* for all of os, and tells of the whole name', () => {
    expect(write('import os\nos.path.join("a")\nos.environ.get("b")', { functions: ['os.*'] })).toEqual([
      'denied_function os.path.join 2:1',
      'denied_function os.environ.get 3:1',
    ]);
  });
});

describe('dangerous_builtin', () => {
  it.each([
    ['eval("1")', 'eval 1:1'],
    ['f = eval\nf("1")', 'eval 2:1'],
    ['(lambda: exec)()("1")', 'exec 1:10'],
    ['def main(): return globals()["x"]', 'globals 1:20'],
    ['from builtins import eval as e', 'eval 1:22'],
    ['import builtins\nbuiltins.exec("1")', 'exec 2:1'],
    ['print (eval)("1")', 'eval 1:8'],
    ['ｅval("1")', 'eval 1:1'],
    ['eval("1")\neval = None', 'eval 1:1'],
    ['if x: eval = None\neval("1")', 'eval 2:1'],
    ['eval = None\ndel eval\neval("1")', 'eval 3:1'],
    ['class A:\n  eval = 1\n  def f(self): return eval("1")', 'eval 3:23'],
    ['def f[T: eval](): eval("1")', 'eval 1:19'],
    ['match x:\n  case _ if eval("1"): pass', 'eval 2:13'],
  ])('%j', (script, found) => {
    expect(write(script)).toContain(`dangerous_builtin ${found}`);
  });

  it.each([
    'import re\nre.compile("x")',
    'frame.eval("a + b")',
    'def eval(text): return 1\ndef main(): return eval("1")',
    'def f(eval, vars): return eval(vars)',
    'import ast\nast.literal_eval("1")',
    'class A:\n  def exec(self): return self.exec()',
    'try:\n  pass\nexcept E as compile:\n  print("eval")',
    'from sandbox import eval\neval("1")',
    '{"eval": 1}["eval"]',
  ])('not %j', (script) => {
    expect(write(script)).toEqual([]);
  });
});

describe('internal_attribute', () => {
  it.each([
    ['().__class__.__base__.__subclasses__()', '__subclasses__ 1:23'],
    ['main.__globals__', '__globals__ 1:6'],
    ['getattr(main, "__code__")', '__code__ 1:15'],
    ['object.__getattribute__(main, "__globals__")', '__globals__ 1:31'],
    ['import operator\noperator.attrgetter("a.__globals__")', '__globals__ 2:21'],
    ['"{0.__globals__}".format(main)', '__globals__ 1:1'],
    ['match main:\n  case object(__globals__=g): pass', '__globals__ 2:15'],
    ['__builtins__.print', '__builtins__ 1:1'],
    ['x = __builtins__', '__builtins__ 1:5'],
    ['print.__self__.eval', '__self__ 1:7'],
    ['g.gi_frame.f_back', 'f_back 1:12'],
    ['__package__ = "xml"', '__package__ 1:1'],
    ['main.__code__ = other', '__code__ 1:6'],
  ])('%j', (script, found) => {
    expect(write(script)).toContain(`internal_attribute ${found}`);
  });

  it.each([
    'self.__class__.__name__',
    'self.__dict__.update(a=1)',
    'class A:\n  def __init__(self): super().__init__()',
    'if __name__ == "__main__": print(__file__, __doc__)',
    '"__globals__"',
    '"{0.name} {__globals__}".format(x)',
    'getattr(x, "name")',
    'f(__code__=1)',
    'package.__path__',
  ])('not %j', (script) => {
    expect(write(script)).toEqual([]);
  });
});

describe('dynamic_import', () => {
  it.each([
    ['__import__(name)', '__import__ 1:1'],
    ['f = __import__', '__import__ 1:5'],
    ['import importlib\nimportlib.import_module(name)', 'importlib.import_module 2:1'],
    [
      'import importlib.util as u\nu.spec_from_file_location("a", "b")',
      'importlib.util.spec_from_file_location 2:1',
    ],
    ['import runpy\nrunpy.run_path("x")', 'runpy.run_path 2:1'],
    ['from runpy import run_module', 'runpy.run_module 1:19'],
    ['import sys\nsys.modules[name]', 'sys.modules 2:1'],
    ['import types\ntypes.FunctionType(c, {})', 'types.FunctionType 2:1'],
    ['from types import FunctionType as F\nF(c, {})', 'types.FunctionType 2:1'],
    ['import code\ncode.InteractiveConsole()', 'code.InteractiveConsole 2:1'],
  ])('%j', (script, found) => {
    expect(write(script)).toContain(`dynamic_import ${found}`);
  });

  it.each([
    '__import__("json").dumps(1)',
    'import importlib.metadata\nimportlib.metadata.version("x")',
    'import types\ntypes.SimpleNamespace()',
    'from types import FunctionType\nisinstance(f, FunctionType)',
    'def import_module(name): pass\nimport_module(x)',
  ])('not %j', (script) => {
    expect(write(script)).toEqual([]);
  });
});

describe('the source', () => {
  it.each(['x = (', 'def f(:\n  pass', '\u0000\u0001('])('that cannot be read is a finding: %j', (script) => {
    expect(judge(script).findings.map(({ rule }) => rule)).toContain('unreadable_source');
  });

  it('still has what can be read of it', () => {
    expect(write('import subprocess\nx = (\n')).toContain('denied_module subprocess 1:8');
  });

  it.each(['', '# nothing', 'def main():\r\n    return 1\r\n', '\uFEFFx = 1'])(
    'of nothing is no finding: %j',
    (script) => {
      expect(judge(script)).toEqual({ findings: [], total: 0 });
    },
  );
});

describe('bounds', { timeout: 60_000 }, () => {
  it('lists the first hundred findings and counts the rest', () => {
    const { findings, total } = judge('eval("1")\n'.repeat(1000));
    expect([findings.length, total, findings[99]?.line]).toEqual([100, 1000, 100]);
  });

  it('says so where names are too tangled, instead of passing them', () => {
    const names = Array.from({ length: 300 }, (_, index) => `def f${index}(): return a${index}\n`);
    const chain = Array.from({ length: 300 }, (_, index) => `a${index} = a${index + 1}\n`);
    const script = `a0()\n${chain.join('')}${names.join('')}from os import system as a300\n`;
    const found = write(script).map((line) => line.split(' ')[0]);
    expect(found.some((rule) => rule === 'not_analysed' || rule === 'denied_function')).toBe(true);
  });

  it.each([
    ['attributes', `x = ${'a.'.repeat(50_000)}b`],
    ['sums', `x = ${'1 + '.repeat(50_000)}1`],
    [
      'circles',
      `${Array.from({ length: 400 }, (_, i) => `a${i} = a${(i * 7) % 400} or a${(i * 11) % 400}\n`).join('')}a0()`,
    ],
    ['nested functions', `x = ${'lambda a: '.repeat(3000)}a`],
    ['one name bound often', 'x = y\n'.repeat(20_000)],
  ])('ends: %s', (_what, script) => {
    expect(
      judge(script).findings.filter(({ rule }) => rule !== 'not_analysed' && rule !== 'unreadable_source'),
    ).toEqual([]);
  });
});
