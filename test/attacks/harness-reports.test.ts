import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';

/** Exceptions and values that attack whoever looks at them, and every way to end before a result. */
const exceptions: readonly [why: string, script: string, type: string][] = [
  [
    'a hostile __str__',
    'class E(Exception):\n    def __str__(self): raise SystemExit(0)\ndef main(): raise E',
    'E',
  ],
  [
    'a __str__ that is endless',
    'class E(Exception):\n    def __str__(self): return "x" * 10**7\ndef main(): raise E',
    'E',
  ],
  [
    'a __str__ that gives no text',
    'class E(Exception):\n    def __str__(self): return 5\ndef main(): raise E',
    'E',
  ],
  [
    'a lying __class__',
    'class E(Exception):\n    @property\n    def __class__(self): return MemoryError\ndef main(): raise E("no")',
    'E',
  ],
  [
    'a hostile __getattr__',
    'class E(Exception):\n    def __getattribute__(self, n): raise SystemExit(0)\ndef main(): raise E',
    'E',
  ],
  [
    'a cause in a circle',
    'def main():\n    a, b = ValueError("a"), KeyError("b")\n    a.__cause__, b.__cause__ = b, a\n    raise a',
    'ValueError',
  ],
  [
    'a chain of ten thousand causes',
    'def main():\n    e = None\n    for i in range(10000):\n        n = ValueError(i); n.__cause__ = e; e = n\n    raise e',
    'ValueError',
  ],
  [
    'a group of exceptions, deep',
    'def main():\n    e = ValueError(1)\n    for _ in range(500): e = ExceptionGroup("g", [e])\n    raise e',
    'ExceptionGroup',
  ],
  [
    'a name that is no text of its own',
    'class M(type):\n    __name__ = property(lambda self: 1 / 0)\nclass E(Exception, metaclass=M): pass\ndef main(): raise E("x")',
    'E',
  ],
  ['a lone surrogate in its text', 'def main(): raise ValueError("\\ud800")', 'ValueError'],
  [
    'notes that fail',
    'class N:\n    def __str__(self): raise KeyError\ndef main():\n    e = ValueError("x"); e.__notes__ = [N()] * 3; raise e',
    'ValueError',
  ],
  [
    'a traceback of its own making',
    'def main():\n    try: 1 / 0\n    except ZeroDivisionError as e: raise e.with_traceback(None)',
    'ZeroDivisionError',
  ],
  ['recursion without end', 'def main(): return main()', 'RecursionError'],
  ['GeneratorExit', 'def main(): raise GeneratorExit("x")', 'GeneratorExit'],
  ['KeyboardInterrupt', 'def main(): raise KeyboardInterrupt', 'KeyboardInterrupt'],
];

const results: readonly [why: string, value: string][] = [
  ['a set', '{1}'],
  ['a dict whose items() fail', 'type("D", (dict,), {"items": lambda self: 1 / 0})({1: 2})'],
  ['a dict whose items() end the process', 'type("D", (dict,), {"items": lambda self: exit(0)})({1: 2})'],
  ['a list whose iteration fails', 'type("L", (list,), {"__iter__": lambda self: 1 / 0})([object()])'],
  ['a key that is a tuple', '{(1, 2): 3}'],
  ['NaN', 'float("nan")'],
  ['an infinity deep inside', '{"a": [1, {"b": float("-inf")}]}'],
  ['a list that contains itself', '(lambda l: l.append(l) or l)([])'],
  ['bytes', 'b"x"'],
  ['an object with a hostile class', 'type("O", (), {"__class__": property(lambda self: exit(0))})()'],
  ['a generator', '(i for i in range(3))'],
];

describeInJail('attacks on what the harness reports', (arena) => {
  it.each(exceptions)(
    'an exception with %s is a runtime_error of its own class',
    async (_why, script, type) => {
      const body = await arena.run(script);
      expect(body).toMatchObject({ success: false, error: 'runtime_error', error_type: type });
      expect(JSON.stringify(body).length).toBeLessThan(100_000);
    },
  );

  it.each(results)('a result that is %s is invalid_result', async (_why, value) => {
    const body = await arena.run(`def main():\n    return ${value}`);
    expect(body).toMatchObject({ success: false, error: 'invalid_result' });
    expect(body.message).toMatch(/^result/);
  });

  it.each([
    ['sys.exit()', 0],
    ['sys.exit(3)', 3],
    ['sys.exit("words")', 1],
    ['sys.exit(256 + 4)', 4],
    ['sys.exit(-1)', 255],
    ['exit(5)', 5],
    ['quit()', 0],
    ['os._exit(6)', 6],
    ['raise SystemExit(2)', 2],
  ])('%s before a result is exited with %i', async (statement, code) => {
    const body = await arena.run(`import os, sys\ndef main():\n    ${statement}`);
    expect(body).toMatchObject({ success: false, error: 'exited', return_code: code });
  });

  it.each([
    ['a null pointer', 'import ctypes\ndef main(): ctypes.string_at(0)', 11],
    ['os.abort()', 'import os\ndef main(): os.abort()', 6],
  ])('%s is crashed', async (_name, script, signal) => {
    expect(await arena.run(script)).toMatchObject({ success: false, error: 'crashed', return_code: -signal });
  });
});
