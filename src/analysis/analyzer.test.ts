import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '../core/contract/limits.ts';
import { createAnalyzer, type Analyzer } from './analyzer.ts';

let analyzer: Analyzer;
beforeAll(async () => {
  analyzer = await createAnalyzer();
});
afterAll(() => analyzer.close());

const analyze = (script: string, wanted: string) => analyzer.analyze(script, wanted, { queueKey: 'ada' });

describe('defines', () => {
  it.each([
    'def main(): pass',
    'async def main(): pass',
    '@decorate(1)\n# why\ndef main(): pass',
    'if a:\n  pass\nelse:\n  def main(): pass',
    'try:\n  pass\nexcept E:\n  def main(): pass',
    'try:\n  pass\nfinally:\n  def main(): pass',
    'with a:\n  for b in c:\n    while d:\n      def main(): pass',
    'match a:\n  case 1:\n    def main(): pass',
    'main = lambda x: 1',
    'main: Callable = lambda: 1',
    'a = main = (lambda: 1)',
    'ｍain = lambda: 1',
    '\uFEFFdef main(): pass',
    'x = 1\r\ndef main():\r\n  pass\r\n',
    'x = 1\rdef main(): pass\r',
    '\fdef main(): pass',
    'def \\\n main(): pass',
    'if a:\n\tdef main(): pass',
    'def main[T](x: T): pass',
    'main = 3\ndef main(): pass',
    'def main(): return main\nif __name__ == "__main__":\n  main()',
    '# coding: latin-1\ndef main(): pass',
  ])('yes: %j', async (script) => {
    expect(await analyze(script, 'main')).toMatchObject({ defines: 'yes', complete: true });
  });

  it.each([
    'main = 3',
    'main: int',
    'main += 1',
    'main = functools.partial(f)',
    'a, main = 1, lambda: 1',
    '[a, *main] = b',
    'if (main := 3): pass',
    '[main := x for x in y]',
    'def f(x=(main := 3)): pass',
    '@(main := f)\ndef g(): pass',
    'class A((main := B)): pass',
    'print(f"{(main := 3)}")',
    'from x import main',
    'from . import x',
    'from math import *',
    'import main',
    'import main.a',
    'from x import y as main',
    'class main: pass',
    'for main in x: pass',
    'for a, (b, main) in x: pass',
    'with a as main: pass',
    'with a as (b, main): pass',
    'try:\n  pass\nexcept E as main:\n  pass',
    'match a:\n  case main: pass',
    'match a:\n  case [1, *main]: pass',
    'match a:\n  case {**main}: pass',
    'match a:\n  case A(x=main) | B(y=main): pass',
    'match a:\n  case 1 as main: pass',
    'type main = int',
    'del main',
    'def f():\n  global main\n  main = 3',
    'class A:\n  global main\n  def main(): pass',
    'a.main = f',
    'def main(): pass\nmain = 3',
    'def main(): pass\ndel main',
    'def main(): pass\nx = (',
    'globals()["m" + "ain"] = f',
    'from builtins import x',
    'ｅxec("m" "ain = 1")',
    'x.__dict__',
    'f.__globals__',
    'import os',
    'import sys as s',
    'setattr(m, n, f)',
    'def __getattr__(name): pass',
    'def f(:',
    'print "no"',
    'return 3',
    'x = 1\0',
    'if a:\n \tx = 1',
    'if a:\n  \\\nx = 1',
    'x\u00A0= 1',
    '\uD800',
  ])('maybe: %j', async (script) => {
    expect((await analyze(script, 'main')).defines).toBe('maybe');
  });

  it.each([
    '',
    '\n',
    '# def main(): pass',
    '"""def main(): pass"""',
    'r"\\\\" + "main"',
    "s = '''\n# def main\n'''",
    'x = "\\\n# main"',
    'def other(): pass',
    'def Main(): pass',
    'main()',
    'if __name__ == "__main__":\n  main()',
    'def f(main, b=main, *, c: int = 1): return main',
    'def f():\n  def main(): pass\n  main = 3\n  return main()',
    'class A:\n  def main(self): pass\nA().main()',
    'f = lambda main: main',
    'f(main=3)',
    'import json, math\nfrom collections import Counter\nprint(json.dumps(Counter("a")))',
    'from __future__ import annotations',
    'type X = int',
    'def f[T](x: T) -> T: return x',
  ])('no: %j', async (script) => {
    expect(await analyze(script, 'main')).toMatchObject({ defines: 'no', complete: true });
  });

  it('does not promise the absence of names that modules or classes make by themselves', async () => {
    const mangled = 'class A:\n  def f(self):\n    global __b\n    def __b(): pass';
    expect((await analyze(mangled, '_A__b')).defines).toBe('maybe');
    expect((await analyze('', '__builtins__')).defines).toBe('maybe');
    expect((await analyze('def main(): pass', 'ｍain')).defines).toBe('maybe');
  });
});

describe('functions', () => {
  it('lists those of the module, with their places and signatures', async () => {
    const script = [
      'def plain(a, b=1, *, c): pass',
      '@one',
      '@two(3)',
      'async def decorated(',
      '    a: int,  # first',
      '    /, *args, **kwargs,',
      ') -> int:',
      '    def inner(): pass',
      'class A:',
      '    def method(self): pass',
      'if a:',
      '    x = y = lambda q, r=2: q',
      'def after(): pass',
      'x = 3',
    ].join('\n');
    const { functions } = await analyze(script, 'main');
    const plain = { kind: 'def', column: 1, conditional: false, decorated: false };
    expect(functions).toEqual([
      { ...plain, name: 'plain', line: 1, signature: 'plain(a, b=1, *, c)' },
      {
        ...plain,
        name: 'decorated',
        kind: 'async def',
        line: 4,
        decorated: true,
        signature: 'decorated(a: int, /, *args, **kwargs)',
      },
      { ...plain, name: 'x', kind: 'lambda', line: 12, column: 5, conditional: true, signature: 'x(q, r=2)' },
      { ...plain, name: 'y', kind: 'lambda', line: 12, column: 9, conditional: true, signature: 'y(q, r=2)' },
      { ...plain, name: 'after', line: 13, signature: 'after()' },
    ]);
  });

  it('cuts a list that nobody reads', async () => {
    const analysis = await analyze('def f():pass\n'.repeat(3000), 'main');
    expect(analysis).toMatchObject({ defines: 'no', complete: false });
    expect(analysis.functions).toHaveLength(2000);
  });
});

describe('hostile scripts', () => {
  const nested = Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}if 1:\n`).join('');
  const noise = Array.from({ length: 30_000 }, (_, i) => String.fromCharCode((i * 7919) % 251)).join('');
  it.each<[string, string]>([
    ['parentheses', '('.repeat(MIB)],
    ['brackets', '['.repeat(30_000)],
    ['chained assignments', 'a='.repeat(MIB / 2)],
    ['nested ifs', nested],
    ['noise', noise],
    ['comments that cannot be left out', `def main(:\n${'# {}\n'.repeat(6000)}`],
    ['f-strings', 'f"{'.repeat(10_000)],
    ['mixed brackets', '(a[b{'.repeat(6000)],
    ['calls', 'main()\n'.repeat(4600)],
  ])('%s end, and are never refused', async (_name, script) => {
    expect((await analyze(script, 'main')).defines).toBe('maybe');
  });

  it('reads past any number of comments at once', async () => {
    const script = `${'# comment\n'.repeat(3000)}def main(): pass`;
    expect(await analyze(script, 'main')).toMatchObject({
      defines: 'yes',
      functions: [{ line: 3001 }],
    });
  });

  it('leaves no trace in the next analysis', async () => {
    const scripts = ['a='.repeat(16_000), 'def main(): pass', '('.repeat(30_000), 'x = 1'];
    const answers = await Promise.all(scripts.map((script) => analyze(script, 'main')));
    expect(answers.map(({ defines }) => defines)).toEqual(['maybe', 'yes', 'maybe', 'no']);
  });

  it('never throws, whatever the text', async () => {
    const pieces = fc.constantFrom(
      'def ',
      'main',
      '(',
      ')',
      ':',
      '\n',
      ' ',
      '=',
      'f"{',
      '}',
      '"',
      '\\',
      '@',
      '\t',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (script) => {
        expect(['yes', 'no', 'maybe']).toContain((await analyze(script, 'main')).defines);
      }),
      { numRuns: 200 },
    );
  });
});
