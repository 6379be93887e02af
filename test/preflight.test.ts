import { expect, it } from 'vitest';
import { validationSchema, type Validation } from '../src/core/contract/validation-report.ts';
import { describeInJail, type Arena } from './support/attack.ts';

/** A preflight's answer, its report checked against the documented shape. */
async function validate(arena: Arena, script: string, fields: Record<string, unknown> = {}) {
  const body = await arena.run(script, { ...fields, validate_only: true });
  const { validation } = body as unknown as { validation: Validation };
  expect(validationSchema.parse(validation)).toEqual(validation);
  expect([body.stdout, body.stderr]).toEqual(['', '']);
  if (validation.complete) expect(body.return_code).toBeNull();
  return { body, validation };
}

/** Suggestions but for those that point at a place: a run knows no place of a call that comes from outside the script. */
const advice = (all: string[] = []): string[] => all.filter((one) => !one.startsWith('Look'));
const needs = (line: string): string => `${line}\ndef main():\n    return 1`;

describeInJail('validate_only', (arena) => {
  it('passes a script that a run would run, and says what it takes', async () => {
    const script = 'import json\n\nasync def main(a, /, b=1, *c, d: int = 2, **e): return json.dumps(a)';
    const { body, validation } = await validate(arena, script, { args: [1] });
    expect(body).toMatchObject({ success: true, result: null });
    expect(validation).toEqual({
      entry_point: {
        name: 'main',
        status: 'defined',
        line: 3,
        column: 1,
        signature: 'main(a, /, b=1, *c, d: int=2, **e)',
        parameters: [
          { name: 'a', kind: 'positional_only', required: true },
          { name: 'b', kind: 'positional_or_keyword', required: false },
          { name: 'c', kind: 'var_positional', required: false },
          { name: 'd', kind: 'keyword_only', required: false },
          { name: 'e', kind: 'var_keyword', required: false },
        ],
        async: true,
        certain: true,
      },
      imports: [{ module: 'json', line: 1, available: true, required: true, source: 'standard_library' }],
      findings: [],
      complete: true,
    });
  });

  it.each([
    'print(1)\nraise SystemExit(3)',
    'import os\nos._exit(3)',
    'while True: pass',
    '1 / 0',
    'import this',
    'def main(x=print("default"), y: print("annotation") = 1): pass',
    '@print\ndef other(): pass',
    'class A(print("base") or object): print("body")',
  ])('runs nothing of %j', async (script) => {
    const { body } = await validate(arena, `${script}\ndef main(*_, **__): pass`);
    expect(body).toMatchObject({ success: true, result: null });
  });

  it('knows no entry point in mode script', async () => {
    const { body, validation } = await validate(arena, 'import sys\nprint(sys.argv)', {
      mode: 'script',
      args: ['a'],
    });
    expect([body.success, validation.entry_point]).toEqual([true, null]);
  });

  it('gives a failure for what comes first, and lists the rest', async () => {
    const { body, validation } = await validate(arena, 'import yaml\nimport numpy\ndef main(a): import PIL');
    expect(body).toMatchObject({ success: false, error_type: 'ModuleNotFoundError', location: { line: 1 } });
    expect(validation.findings.map(({ message }) => message)).toEqual([
      "No module named 'yaml'",
      "No module named 'numpy'",
      "main() missing 1 required positional argument: 'a'",
      "No module named 'PIL'",
    ]);
    expect(validation.findings[3]?.suggestions.join()).toContain('Pillow');
  });

  it('compares a missing module with the files of the request too', async () => {
    const files = [{ path: 'invoices.py', content: '' }];
    const { validation } = await validate(arena, needs('import invoicse'), { files });
    expect(validation.findings[0]?.suggestions).toContain('Did you mean `import invoices`?');
  });

  it('refuses a limit over its ceiling as a run does', async () => {
    const answer = await arena.service.execute({
      script: 'def main(): pass',
      validate_only: true,
      limits: { timeout: 1e6 },
    });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_input']);
  });
});

describeInJail('validate_only says what the run says', (arena) => {
  const signatures: [string, unknown[], Record<string, unknown>][] = [
    ['main()', [1], {}],
    ['main(a)', [], {}],
    ['main(a, b, c)', [1], {}],
    ['main(a, b=1)', [1, 2, 3], {}],
    ['main(a, b)', [1], { a: 2 }],
    ['main(name)', [], { nmae: 1 }],
    ['main(a, /)', [], { a: 1 }],
    ['main(*, a, b)', [], { a: 1 }],
    ['main(*, a)', [1], { a: 1 }],
    ['main(a, *b)', [], {}],
    ['main(a=1, *, c)', [], { c: 1 }],
    ['main(**a)', [1], {}],
    ['main(*a, **b)', [1, 2], { c: 3 }],
    ['main(self, /, **rest)', [1], { self: 2 }],
    ['main(a, b=undefined_name)', [1, 2], {}],
  ];
  it.each(signatures)('%s called with %j and %j', async (signature, args, kwargs) => {
    const script = `undefined_name = 1\ndef ${signature}: return 1`;
    const ran = await arena.run(script, { args, kwargs });
    const { body } = await validate(arena, script, { args, kwargs });
    expect([body.success, body.error, body.error_type, body.message]).toEqual([
      ran.success,
      ran.error,
      ran.error_type,
      ran.message,
    ]);
    expect(advice(body.suggestions)).toEqual(advice(ran.suggestions));
  });

  it.each([
    'def main(:',
    'def main():\nreturn 1',
    'return 1',
    'x = (\n',
    'print "a"',
    '\tx = 1\n        y = 2',
    `x = ${'('.repeat(300)}${')'.repeat(300)}`,
    'def main(): pass\nx = 1\0',
    'def main(a, a): pass',
    'def mian(): pass',
    'main = 5',
    '',
    'from . import a\ndef main(): pass',
    'from .a import b\ndef main(): pass',
    'import yaml.nodes\ndef main(): pass',
    'import xml.etre\ndef main(): pass',
    'import math.x\ndef main(): pass',
    'import tkinter\ndef main(): pass',
    'from collectons import Counter\ndef main(): pass',
    'class A:\n    import nothing_such\ndef main(): pass',
    'main = lambda a: a',
  ])('%j', async (script) => {
    const ran = await arena.run(script);
    const { body } = await validate(arena, script);
    expect(body).toMatchObject({ success: false, error: ran.error, message: ran.message });
    expect(body.error_type).toBe(ran.error_type);
    if (ran.error === 'syntax_error')
      expect([body.location, body.traceback]).toEqual([ran.location, ran.traceback]);
    if (ran.error === 'missing_main') expect(body.suggestions).toEqual(ran.suggestions);
  });
});

describeInJail('validate_only makes no claim', (arena) => {
  it.each([
    'import functools\n@functools.cache\ndef main(a): pass',
    'def main(a): pass\nmain = print',
    'def main(a): pass\nif print: \n  def main(): pass',
    'def main(a): pass\nglobals()["main"] = print',
    'def main(a): pass\nmain.__defaults__ = (1,)',
    'def main(a): pass\ndef f():\n  global main\n  main = print\nf()',
    'def main(a): pass\nfrom math import *',
    'def main(a): pass\nfor main in [print]: pass',
    'class main:\n  def __init__(self, a): pass',
    'import math as main',
    'globals()["main"] = print',
  ])('on the arguments of %j', async (script) => {
    const { body, validation } = await validate(arena, script);
    expect(body.success).toBe(true);
    expect(validation.entry_point?.certain ?? false).toBe(false);
  });

  it.each([
    'try:\n  import nothing_such\nexcept ImportError:\n  pass',
    'try:\n  import nothing_such\nexcept (ValueError, ModuleNotFoundError):\n  pass',
    'try:\n  import nothing_such\nexcept:\n  pass',
    'import contextlib\nwith contextlib.suppress(ImportError):\n  import nothing_such',
    'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  import nothing_such',
    'import typing\nif typing.TYPE_CHECKING:\n  import nothing_such',
  ])('on the import of %j', async (line) => {
    const { body, validation } = await validate(arena, needs(line));
    expect([body.success, validation.findings]).toEqual([true, []]);
    expect(validation.imports.at(-1)).toMatchObject({ available: false, required: false });
  });

  it.each([
    'import sys\nif sys.version_info < (3, 0):\n  import nothing_such',
    'import sys\nsys.path.append("/tmp")\nimport nothing_such',
    'open("nothing_such.py", "w").close()\nimport nothing_such',
    'try:\n  import json\nexcept ImportError:\n  import nothing_such',
    'import sys as s\ns.modules["nothing_such"] = s\nimport nothing_such',
  ])('on %j, but warns', async (line) => {
    const { body, validation } = await validate(arena, needs(line));
    expect(body.success).toBe(true);
    expect(validation.findings).toMatchObject([
      { severity: 'warning', error: 'runtime_error', error_type: 'ModuleNotFoundError' },
    ]);
  });

  it.each(['import os.path', 'import collections.abc', 'import script', 'import xml.parsers.expat.errors'])(
    'that is wrong: %s is there',
    async (line) => {
      const { body, validation } = await validate(arena, needs(line));
      expect([body.success, validation.imports[0]?.available]).toEqual([true, true]);
    },
  );
});

describeInJail('validate_only and hostile source', (arena) => {
  it.each([
    ['a tree of 1 MiB', `def main(): pass\n${'a;a\n'.repeat(250_000)}`],
    ['a deep expression', `def main(): pass\nx = ${'-'.repeat(5000)}1`],
    ['a long sum', `def main(): pass\nx = ${Array.from({ length: 20_000 }, () => 'a').join('+')}`],
    [
      'deep blocks',
      `def main(): pass\n${Array.from({ length: 90 }, (_, n) => `${' '.repeat(n)}if 1:`).join('\n')} pass`,
    ],
    ['a long chain of elif', `def main(): pass\nif 0: pass\n${'elif 0: pass\n'.repeat(3000)}`],
    [
      'a thousand imports',
      `${Array.from({ length: 1000 }, (_, n) => `import m${n}`).join('\n')}\ndef main(): pass`,
    ],
    ['a thousand parameters', `def main(${Array.from({ length: 1000 }, (_, n) => `p${n}`).join(',')}): pass`],
  ])('%s ends as the run ends, or looks no further', async (_what, script) => {
    const ran = await arena.run(script, { limits: { timeout: 50 } });
    const { body, validation } = await validate(arena, script, { limits: { timeout: 50 } });
    if (validation.complete || !body.success) {
      expect([body.error, body.message]).toEqual([ran.error, ran.message]);
    } else {
      expect(body.success).toBe(true);
    }
  });

  it('stops a compiler that takes too long', async () => {
    const script = `def main(): pass\n${'x = [1, 2, 3, (4, 5)]\n'.repeat(40_000)}`;
    const { body, validation } = await validate(arena, script, { limits: { timeout: 0.05 } });
    expect([body.error, validation.complete]).toEqual(['timeout', false]);
  });
});
