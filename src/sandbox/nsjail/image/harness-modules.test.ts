import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../paths.ts';
import { harnessModules, JOIN_PROGRAM } from './layout.ts';

const harness = join(packageRoot, 'harness');
let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'brig-harness-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Joins modules of these texts, and returns the joined program's output, or the reason why there is none. */
function joinAndRun(texts: Readonly<Record<string, string>>): string {
  const modules = Object.entries(texts).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  const target = join(folder, 'program.pyc');
  const programs = JSON.stringify([{ target, name: 'program.py', modules }]);
  const joined = spawnSync('python3', ['-I', join(harness, JOIN_PROGRAM), programs], { encoding: 'utf8' });
  if (joined.status !== 0) return joined.stderr.trim().replaceAll(`${folder}/`, '');
  return spawnSync('python3', ['-I', target], { encoding: 'utf8' }).stdout.trim();
}

describe('the modules of the harness', () => {
  it('are all joined, and none twice', () => {
    expect(harnessModules.toSorted()).toEqual(globSync('jail/*.py', { cwd: harness }).toSorted());
  });

  it('have at most 250 lines, as all Python in its folder', () => {
    const long = globSync('**/*.py', { cwd: harness }).filter(
      (file) => readFileSync(join(harness, file), 'utf8').split('\n').length > 251,
    );
    expect(long).toEqual([]);
  });
});

describe('join.py', () => {
  it('puts modules into one namespace, without what only readers need', () => {
    const texts = {
      'a.py':
        '"""A."""\nimport sys\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    import gone\n\nn: gone.N = 1\n',
      'b.py':
        'from __future__ import annotations\nimport sys\nfrom .a import n\n\n\ndef f(x: int) -> str:\n    """F."""\n    global n\n    m: list[gone] = []\n    n += x\n',
      'c.py':
        'from .a import n\nfrom .b import f\n\nf(2)\nnames = [k for k in globals() if k[0] != "_"]\nprint(n, f.__doc__, f.__annotations__, f.__code__.co_firstlineno, names)\n',
    };
    expect(joinAndRun(texts)).toBe("3 None {} 1 ['sys', 'n', 'f']");
  });

  it('hides the frames of its programs from what they run', () => {
    const script =
      'import sys, traceback\\ndef f():\\n    return [one.name for one in traceback.extract_stack()], sys._getframe(1).f_back\\nprint(f())\\n1/0';
    const text = `import traceback
def run(code):
    def inner(): exec(compile(code, "script", "exec"), {"__name__": "script"})
    try: inner()
    except ZeroDivisionError as error: print([one.name for one in traceback.extract_tb(error.__traceback__)])
run("${script}")
print(sum(n for n in (i for i in range(3))))
`;
    expect(joinAndRun({ 'a.py': text })).toBe("(['<module>', 'f'], None)\n['<module>']\n3");
  });

  it('keeps the fields of a class, which may be made of them', () => {
    const text =
      'from typing import NamedTuple\nclass P(NamedTuple):\n    x: int = 1\n    y: str = "a"\nprint(P(2))\n';
    expect(joinAndRun({ 'a.py': text })).toBe("P(x=2, y='a')");
  });

  it.each([
    [
      'a name that two modules define',
      { 'a.py': 'n = 1\n', 'b.py': 'def n(): ...\n' },
      'b.py defines n, as a.py does',
    ],
    [
      'a name that no module before defines',
      { 'a.py': 'from .b import n\n', 'b.py': 'n = 1\n' },
      'a.py imports n, which b.py does not define before it',
    ],
    [
      'another name for the same',
      { 'a.py': 'n = 1\n', 'b.py': 'from .a import n as m\n' },
      'b.py imports n under another name',
    ],
    [
      'an import within a function',
      { 'a.py': 'n = 1\n', 'b.py': 'def f():\n    from .a import n\n' },
      'b.py imports from a.py within a statement',
    ],
  ])('refuses %s', (_, texts, complaint) => {
    expect(joinAndRun(texts)).toBe(complaint);
  });
});
