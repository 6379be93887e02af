import { expect, it } from 'vitest';
import { describeInJail } from './support/attack.ts';

/** A script, what is suggested to whoever sent it (among other things), and the rest of its request. */
type Case = readonly [script: string, suggestion: string | RegExp, fields?: Record<string, unknown>];

const main = (...lines: string[]): string => `def main():\n${lines.map((line) => `    ${line}\n`).join('')}`;
const after = (first: string, ...lines: string[]): string => `${first}\n${main(...lines)}`;
const returning = (expression: string): string => main(`return ${expression}`);
const noLibrary = (brought: string): string =>
  `The environment "default" has the standard library only, so ${brought} is not there`;

const tables: Readonly<Record<string, readonly Case[]>> = {
  'a name, an attribute, a key': [
    [main('pritn(1)'), 'Did you mean "print"?'],
    [main('total = 1', 'return toatl'), 'Did you mean "total"?'],
    [returning('json.dumps(1)'), 'Add `import json`'],
    [returning('np.array([1])'), 'Add `import numpy as np`'],
    [returning('Counter("a")'), 'Add `from collections import Counter`'],
    [returning('null'), 'Write None: Python 3 has no null'],
    [returning('[true]'), 'Write True: Python 3 has no true'],
    [returning('raw_input()'), 'Write input(): Python 3 has no raw_input'],
    [after('x = 1', 'x += 1'), /^Give x a value before it is read/],
    [after('import math', 'return math.sqroot(2)'), 'Did you mean "sqrt"?'],
    [after('import json', 'return json.dump_s(1)'), /^Did you mean "dumps"/],
    [after('import datetime', 'return datetime.now()'), /^Write datetime\.datetime\.now\(\)/],
    [after('import collections', 'collections.Mapping'), /^Add `from collections\.abc import Mapping`/],
    [after('class A:\n    name = 1', 'return A().nmae'), 'Did you mean "name"?'],
    [returning('[].length'), 'Write len(value): list has no ".length"'],
    [returning('"a".trim()'), 'Write value.strip(): str has no ".trim"'],
    [returning('[].append(1).x'), /^Check for None before "\.x"/],
    [main('class A: size = 1', 'return A().zzzzzz'), 'A has size'],
    [main('row = {"name": 1}', 'return row["nmae"]'), 'Did you mean "name"?'],
    [main('rows = [{"a": {"price": 1}}]', 'return rows[0]["a"]["prize"]'), 'Did you mean "price"?'],
    [main('row = {}', 'return row["x"]'), "Check for the key first, or read it with .get('x')"],
    [after('import os', 'os.environ["HOEM"]'), /^Send it as "env": \{"HOEM": "…"\} in the request/],
  ],
  'an import': [
    ['import sklearn', noLibrary('sklearn (package scikit-learn)')],
    ['import cv2', noLibrary('cv2 (package opencv-python-headless)')],
    ['import yaml', noLibrary('yaml (package PyYAML)')],
    ['import yaml', 'Use json or configparser of the standard library instead'],
    ['from PIL import Image', noLibrary('PIL (package Pillow)')],
    ['import numpy as np', 'Use math, statistics and array of the standard library instead'],
    ['import jsno', 'Did you mean `import json`?'],
    ['import urllib2', 'Use urllib.request instead: this Python has no urllib2'],
    ['import xml.etre', /^Look up the module's name: xml is there/],
    ['import xml.etre', 'Did you mean `import xml.etree`?'],
    ['import math.sqrt', /^Look up the module's name: math is there/],
    ['import scikit_learn', /^Write `import sklearn`: /],
    ['from math import sqroot', 'Did you mean "sqrt"? Write `from math import sqrt`'],
    ['from collections import Mapping', 'Write `from collections.abc import Mapping`: it has moved there'],
    ['from os import Counter', 'Write `from collections import Counter`'],
    ['from . import helper', /^Import by the full name, without the dot/],
  ].map(([line = '', says = '']) => [after(String(line), 'pass'), says]),
  'the entry point and its arguments': [
    ['def mian(): pass', 'Did you mean mian()? Rename it to main(), or call it with "function": "mian"'],
    ['def solve(): pass', /^Did you mean solve\(\)\?/, { function: 'slove' }],
    ['print(1)', 'Run the file as it is with "mode": "script"'],
    ['x = 5\nx * 2', 'Run the file as it is with "mode": "script", and print its last line: print(x * 2)'],
    [
      'def run(): pass\nif __name__ == "__main__":\n    run()',
      /^Send "mode": "script": the script starts itself/,
    ],
    ['main = 5', /^Give the value main \(an int\) another name/],
    ['def main(a, b): pass', 'Send "args": […, …] or "kwargs": {"a": …, "b": …} in the request'],
    ['def main(*, a): pass', 'Send "kwargs": {"a": …} in the request, or give a a default'],
    [
      'def main(name): pass',
      'Did you mean "name"? Send "kwargs": {"name": …} in the request',
      { kwargs: { nmae: 1 } },
    ],
    ['def main(): pass', /^Remove zzz from the "kwargs"/, { kwargs: { zzz: 1 } }],
    ['def main(a, /): pass', /^Remove a from the "kwargs"/, { kwargs: { a: 1 } }],
    ['def main(a): pass', /^Send a in "args" or in "kwargs"/, { args: [1], kwargs: { a: 1 } }],
    ['def main(): pass', /^Send as many "args" as main\(\) has parameters/, { args: [1] }],
  ],
  'a result that is no JSON': [
    [returning('{1, 2}'), 'Return a list: list(value) or sorted(value)'],
    [returning('{"a": [1, {2}]}'), /^The value is at result\.a\[1\]/],
    [returning('b"a"'), /^Return text: value\.decode\(\), or base64/],
    [main('import datetime', 'return datetime.date(2026, 1, 1)'), 'Return text: value.isoformat()'],
    [main('import datetime', 'return datetime.timedelta(1)'), 'Return seconds: value.total_seconds()'],
    [main('import decimal', 'return decimal.Decimal(1)'), /^Return str\(value\), which keeps every digit/],
    [main('import uuid', 'return uuid.uuid4()'), 'Return text: str(value)'],
    [main('import pathlib', 'return pathlib.Path("a")'), 'Return text: str(value)'],
    [returning('1j'), 'Return its parts: [value.real, value.imag]'],
    [returning('float("nan")'), /^Return None, or text such as "nan"/],
    [returning('{(1, 2): 3}'), /^Use text as keys/],
    [main('a = []', 'a.append(a)', 'return a'), /^Return a tree/],
    [main('a = 1', 'for _ in range(2000): a = [a]', 'return a'), /^Return a flatter value/],
    [returning('(x for x in [1])'), 'Return a list: list(value)'],
    [returning('iter([1])'), 'Return a list: list(value)'],
    [returning('{}.keys()'), 'Return a list: list(value)'],
    [main('import itertools', 'return itertools.chain([1])'), 'Return a list: list(value)'],
    [main('import array', 'return array.array("i")'), 'Return a list: value.tolist()'],
    // Values of packages that are not installed, by the names of their types.
    [main('class ndarray: pass', 'return ndarray()'), 'Return a list: value.tolist()'],
    [main('class bool: pass', 'return bool()'), 'Return bool(value)'],
    [main('class int64: pass', 'return int64()'), 'Return a plain Python number: value.item()'],
    [main('class DataFrame: pass', 'return DataFrame()'), 'Return rows: value.to_dict("records")'],
    [
      after('import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int', 'return P(1)'),
      'Return dataclasses.asdict(value)',
    ],
    [after('import enum\nclass C(enum.Enum):\n    A = 1', 'return C.A'), 'Return value.value or value.name'],
    [returning('ValueError("a")'), 'Return its text: str(value)'],
    [main('class A: pass', 'return A()'), /^Return plain data: vars\(value\)/],
    [returning('print'), 'Call the function and return what it gives: value()'],
    [returning('object'), "Return the class's name: value.__name__"],
    [main('import re', 'return re.match("a", "a")'), 'Return its text: value.group()'],
    [after('async def f(): pass', 'return [f()]'), 'Await it: return await value, in an `async def`'],
    [after('async def f(): yield 1', 'return f()'), /^Return a list: \[item async for/],
  ],
  'a limit': [
    [
      main('import time', 'time.sleep(9)'),
      'Raise "limits": {"timeout": 1} (this run had 0.5; the ceiling is 600)',
      { limits: { timeout: 0.5 } },
    ],
    [
      main('import time', 'time.sleep(9)'),
      /^It used .* of CPU in .*: look for what it waits for/,
      { limits: { timeout: 0.5 } },
    ],
    [
      main('while True: pass'),
      'Raise "limits": {"cpu_time": 0.6} (this run had 0.3; the ceiling is 2400)',
      { limits: { cpu_time: 0.3 } },
    ],
    [
      main('while True: pass'),
      /^It used .* of CPU time: look for a loop that does not end/,
      { limits: { cpu_time: 0.3 } },
    ],
    [
      returning('len(bytearray(10**9))'),
      'Raise "limits": {"memory_mb": 128} (this run had 64; the ceiling is 8192)',
      { limits: { memory_mb: 64 } },
    ],
    [
      returning('len(bytearray(10**9))'),
      /^Hold less at once \(its peak was .* MiB\)/,
      { limits: { memory_mb: 64 } },
    ],
    [
      main(
        'import threading, time',
        'for _ in range(9):',
        '    threading.Thread(target=time.sleep, args=(2,)).start()',
      ),
      'Raise "limits": {"processes": 10} (this run had 5; the ceiling is 1024)',
      { limits: { processes: 5 } },
    ],
    [
      main(
        'import os, time',
        'for _ in range(9):',
        '    if os.fork() == 0: os.execvp("sh", ["sh", "-c", "read x </dev/zero"])',
      ),
      /^Raise "limits": \{"processes": 10\}/,
      { limits: { processes: 5 } },
    ],
    [
      main(
        'import queue, threading',
        'try: [threading.Thread(target=threading.Event().wait, daemon=True).start() for _ in range(9)]',
        'except RuntimeError: pass',
        'queue.Queue().get()',
      ),
      /^Threads or processes were refused: Raise "limits": \{"processes": 10\}/,
      { limits: { processes: 5, timeout: 3 } },
    ],
    [
      main('open("a", "wb").write(b"x" * 5_000_000)'),
      'Raise "limits": {"disk_mb": 2} (this run had 1; the ceiling is 4096)',
      { limits: { disk_mb: 1 } },
    ],
    [
      main('while True: print("x" * 10_000)'),
      /^Raise "limits": \{"output_bytes": \d+\} \(this run had 1000; the ceiling is 10485760\)/,
      { limits: { output_bytes: 1000 } },
    ],
    [main('while True: print("x" * 10_000)'), 'Return the data as the result instead of printing it'],
    [returning('"x" * 11_000_000'), 'Return less from main(): a summary, a count, the first rows'],
    [returning('main()'), /^Check that the recursion ends/],
  ],
  'what a jail does not have': [
    [main('open("a.csv")'), /^(Write the file first|Send the file)/],
    [
      main('import subprocess', 'subprocess.run(["curl"])'),
      'There are no programs here but Python, a shell and at most a few tools such as ls',
    ],
    [
      main('import subprocess', 'subprocess.run("curl a.txt", shell=True, check=True)'),
      'There are no programs here but Python, a shell and at most a few tools such as ls',
    ],
    [main('import subprocess', 'subprocess.run(["pip", "install", "six"])'), /^Leave the installation out/],
    [
      main('open("/data/out.csv", "w")'),
      'Write to the working directory, "out.csv", or to /tmp: there is no folder /data, and all else is read-only',
    ],
    [main('open("out/a.txt", "w")'), 'Create the folder first: os.makedirs("out", exist_ok=True)'],
    [main('import requests'), /^Scripts have no network, so requests reaches nothing/],
    [main('import utils'), /^Send the file with the request: "files": \[\{"path": "utils\.py"/],
    [
      main('import utils'),
      'Write `from lib import utils`: "lib/utils.py" came with the request',
      { files: [{ path: 'lib/utils.py', content: '' }] },
    ],
    [main('open("/etc/x", "w")'), 'Write to the working directory or to /tmp: all else is read-only'],
    [
      main('import multiprocessing', 'multiprocessing.get_context("forkserver")'),
      /^Use the start method "spawn"/,
    ],
    [main('import os', 'os.chroot(".")'), 'Do without this operation: the sandbox does not allow it'],
    [
      main('import ctypes', 'ctypes.CDLL("libGL.so.1")  # as cv2 does'),
      'opencv-python needs a system library (libGL.so.1) that jails do not have; opencv-python-headless does not',
    ],
    [
      main('import ctypes', 'ctypes.CDLL("libtea.so.7")'),
      'A package needs a system library (libtea.so.7) that jails do not have: take a package whose wheel brings it',
    ],
    [main('input()'), 'Send what it reads as "stdin"'],
    [main('import socket', 'socket.create_connection(("192.0.2.1", 80))'), /^Scripts have no network/],
    [main('import urllib.request', 'urllib.request.urlopen("http://a.example")'), /^Scripts have no network/],
  ],
  'an exception of everyday': [
    [main('1 / 0'), 'Check that the divisor is not zero'],
    [main('[1][3]'), 'Check the length first: the last index is len(value) - 1'],
    [main('import json', 'json.loads("x")'), 'Check that the text is JSON before it is parsed'],
    [main('b"\\xff".decode()'), /^Read the data as bytes, or name its encoding/],
    [main('"é".encode("ascii")'), /^Encode as UTF-8/],
    [main('next(iter([]))'), 'Give next() a default: next(iterator, None)'],
    [main('int("a")'), /^Check that the text is a number before/],
    [main('a, b = 1, 2, 3'), /^Unpack into as many names as there are values/],
    [main('import datetime', 'datetime.datetime.strptime("x", "%Y")'), /^Compare the text with its format/],
    [main('d = {1: 1}', 'for k in d: d[k + 1] = 1'), 'Loop over a copy: for key in list(data)'],
    [
      'import asyncio\nasync def f(): pass\nasync def main(): asyncio.run(f())',
      /^Write `await` instead of asyncio\.run\(\)/,
    ],
    [
      after('async def f(): pass', 'return f() + 1'),
      'Write `await` in front of the call of an async function',
    ],
    [main('"a" + 1'), 'Convert to text first: str(value), or an f-string'],
    [main('1 + "a"'), 'Convert both sides to one type: int(value), str(value)'],
    [main('None + 1'), 'Check for None first: a function without a return gives None'],
    [main('None[0]'), 'Check for None first: a function without a return gives None'],
    [main('list = [1]', 'list()'), /^Look for a variable that bears the name of a function/],
    [main('{[]: 1}'), 'Use a tuple or a frozenset as key or member of a set'],
    [main('import json', 'json.dumps({1})'), 'Give json.dumps a default: json.dumps(value, default=str)'],
    [main('for x in 5: pass'), 'Loop over range(number), or over a list'],
    [main('len(5)'), 'Check what the value is: print(type(value))'],
    [after('def f(a): pass', 'f()'), /^Pass the arguments that the message names/],
    [after('def f(): pass', 'f(1)'), /^Compare the call with the parameters; a method takes `self`/],
    [after('def f(name): pass', 'f(nmae=1)'), 'Did you mean "name"? f() takes name'],
    [after('def f(name): pass', 'f(zzzz=1)'), 'Compare the call with the parameters of the function'],
    [main('raise ValueError("own")'), 'Look at line 2, column 5 of the script'],
  ],
  'the end of the process': [
    [main('raise SystemExit("no input")'), /^Raise an exception for an error/],
    ['raise SystemExit("no input")', /^Look at what the script says/, { mode: 'script' }],
    [
      'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("file")\nparser.parse_args()',
      'Send the options of the script as "args": stderr says which ones it takes',
      { mode: 'script' },
    ],
    [
      after('import argparse', 'parser = argparse.ArgumentParser()', 'parser.parse_args(["-x"])'),
      'Give main() parameters instead of argparse, and send them as "args" or "kwargs"',
    ],
    [main('raise SystemExit(3)'), 'Return a value from main() instead of ending the process'],
    [
      'import sys\nsys.argv[1]',
      'Send the arguments of the script as "args": they become sys.argv[1:]',
      { mode: 'script' },
    ],
    [
      'import multiprocessing\nmultiprocessing.get_context("spawn").Pool(1).map(abs, [1])',
      /^Start processes below `if __name__ == "__main__":`/,
      { mode: 'script', limits: { timeout: 3 } },
    ],
    ['raise SystemExit(3)', /^End the script with status 0/, { mode: 'script' }],
    [main('import ctypes', 'ctypes.string_at(1)'), /^Look at what uses native code/],
    [main('import os', 'os.abort()'), /^Look for os\.abort\(\)/],
    [main('import os', 'os.write(4, b"x" * 50)'), /^Leave the file descriptors alone/],
  ],
  'source that CPython refuses': [
    ['```python\ndef main(): pass\n```', /^Remove the Markdown fence/],
    ['def main(): pass\n```', /^Remove the Markdown fence/],
    ["Here's the code:\n\n```python\ndef main(): pass\n```", /^Send the code alone, without the prose/],
    [main('print "a"'), /^Write print\(\.\.\.\) with parentheses/],
    [main('exec "a"'), /^Write exec\(\.\.\.\) with parentheses/],
    [main('print(“a”)'), 'Replace the typographic quotes by " or \''],
    ['x =\u00A01\n', /^Type the character anew/],
    [main('try: pass', 'except A, B: pass'), /^Write `except Error as name:`/],
    [main('x = 017'), /^Write octal numbers as 0o17/],
    [main("return 'a"), 'Close the string with the quote that opened it'],
    ['def main():\n\tif 1:\n\t\tx = 1\n        y = 2', 'Indent with spaces only, four a level'],
    ['def main():\nreturn 1', /^Indent the lines after the colon/],
    [main('    x = 1', 'y = 2'), 'Give the lines of one block the same indentation'],
    [main('await f()'), /^Make the function around it `async def`/],
    ['return 1', 'Move it into a function: def main(), with its lines indented'],
    [main('if 1: pass', 'else if 2: pass'), 'Write elif'],
    [main('return [1, 2'), 'Add the closing bracket'],
    [main('x = )'), 'Remove the closing bracket, or add the one that opens it'],
    ['def main()\n    pass', 'End the line with a colon'],
    [main('if x = 1: pass'), 'Compare with ==; = assigns'],
    ['x = {\n    "a": 1\n    "b": 2\n}', 'Put a comma between the items, also at the end of a line'],
    ['def main(a=1, b): pass', 'Put parameters with a default behind those without'],
    [main('f(a=1, 2)'), 'Put arguments without a name in front of those with one'],
    [main('x = {"a": 1, "b"}'), 'Write key: value for each item of a dict; a set has no keys'],
    [main('try: pass', 'x = 1'), 'End the try block with `except Error:` or `finally:`'],
    ['def class(): pass', 'Choose another name: this one is a keyword of Python'],
    ['lambda = 1', 'Choose another name: this one is a keyword of Python'],
    ['None = 1', 'Choose another name: this one is a keyword of Python'],
    ['def main(): pass\0', 'Remove the NUL characters from the script'],
    [`x = ${'('.repeat(300)}`, /^Split the expression or the block/],
    ['const x = 1;', 'Write Python 3: the line looks like JavaScript or C'],
    ['x++', 'Write Python 3: the line looks like JavaScript or C'],
    [main('if 1 <> 2: pass'), 'Write != for "not equal"; <> is Python 2'],
    [main('raise E, "a"'), 'Write raise Error(text); the comma is Python 2'],
    ['>>> x = 1', 'Remove the prompts (>>>) in front of the lines'],
    ['!pip install numpy', 'Remove the notebook command: only Python runs here'],
    ['pip install numpy', 'Remove the shell command: only Python runs here'],
    // From 3.12 on in the words of any bracket.
    [main('x = f"{1"'), /^(Close the braces of the f-string|Add the closing bracket)/],
    ['<html>', 'Send Python alone: the line looks like HTML or XML'],
    [main('x = 5 +'), 'Look at line 2, column 12, and at the end of the line before it'],
  ],
};

describeInJail('suggestions', (arena) => {
  const cases = Object.entries(tables).flatMap(([about, rows]) =>
    rows.map(([script, says, fields]) => ({ about, script, says, fields })),
  );
  it.each(cases)('for $about: $script', async ({ script, says, fields }) => {
    const { success, suggestions = [] } = await arena.run(script, fields);
    expect(success).toBe(false);
    if (typeof says === 'string') expect(suggestions).toContain(says);
    else
      expect(
        suggestions.some((one) => says.test(one)),
        suggestions.join('\n'),
      ).toBe(true);
  });

  it.each([
    [
      'def main():\n    print("a")\nmain()',
      'Leave out line 3, main(): main() is called without it, so it runs twice',
    ],
    [main('x = 5', 'x * 2'), 'Return the value of line 3, return x * 2: it goes nowhere'],
    ['x = 5\nx * 2', 'Print line 2, print(x * 2): a script returns only what it prints', { mode: 'script' }],
  ])(
    'for a success that was meant otherwise: %s',
    async (script, says, fields: Record<string, unknown> = {}) => {
      expect(await arena.run(script, fields)).toMatchObject({ success: true, suggestions: [says] });
      const validated = await arena.run(script, { ...fields, validate_only: true });
      expect(validated).toMatchObject({ success: true, suggestions: [says] });
    },
  );

  it('has none for a success that is one', async () => {
    expect(await arena.run(returning('1'))).not.toHaveProperty('suggestions');
  });

  it('repeats the last words of a SystemExit', async () => {
    const { message } = await arena.run(main('raise SystemExit("no input given")'));
    expect(message).toBe('The script ended the process with status 1 before main() returned: no input given');
  });

  it('lists the columns of a table', async () => {
    // A stand-in: the default environment is not built here, and the harness asks for the module's classes by name.
    const pandas = [
      'class Series:\n    index = ()',
      'class DataFrame:\n    columns, index = ["price", "name"], [0]',
      '    def __getitem__(self, key): raise KeyError(key)',
    ].join('\n');
    const frame = `${pandas}\ndef get(table, key): return table[key]`;
    const files = [
      { path: 'pandas/__init__.py', content: 'from pandas.core import DataFrame, Series' },
      { path: 'pandas/core.py', content: frame },
    ];
    const ask = (key: string) =>
      arena.run(after('import pandas', 'table = pandas.DataFrame()', `table[${key}]`), { files });
    const listed = 'Columns and labels of the tables there: "price", "name"';
    expect((await ask('"prize"')).suggestions?.slice(0, 2)).toEqual(['Did you mean "price"?', listed]);
    const several = await ask(`"['prize'] not in index"`);
    expect(several.suggestions?.slice(0, 2)).toEqual(['Did you mean "price"?', listed]);
  });

  it.each([
    [{ scirpt: 'def main(): pass' }, /"scirpt"; did you mean "script"\?/],
    [{ script: 'def main(): pass', limits: { timout: 1 } }, /did you mean "limits\.timeout"\?/],
    [{ script: 'def main(): pass', timeout: 1 }, /did you mean "limits\.timeout"\?/],
    [{ script: 'def main(): pass', limits: { timeout: 1e6 } }, /above its ceiling of 600/],
    [{ script: 'def main(): pass', runtime: 'javascript' }, /did you mean "node"\?$/],
    [{ script: 'def main(): pass', return_files: ['/tmp/*'] }, /is absolute/],
  ])('for the request %j', async (body, says) => {
    const answer = await arena.service.execute(body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(says);
    expect(answer.body.suggestions?.length).toBeGreaterThan(0);
  });
});
