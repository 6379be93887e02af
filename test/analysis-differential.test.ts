import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { analyzeTree } from '../src/analysis/analyze-script.ts';
import { unlimited } from '../src/analysis/clock.ts';
import { createParser } from '../src/analysis/grammar.ts';
import { normalizeSource } from '../src/analysis/source-text.ts';
import { packageRoot } from '../src/paths.ts';

/** Functions of a module by CPython's own `ast`: test/support/module-functions.py. */
interface Described {
  readonly path: string;
  readonly text: string;
  readonly functions: readonly (readonly [name: string, line: number])[];
  readonly bound: readonly string[];
}

/** Milliseconds after which no more modules are compared: the library comes first, then its own tests. */
const BUDGET = 22_000;
/** Names of one module that the analysis is asked for; the entry point of a script is one of few. */
const MOST_ASKED = 6;
const python = process.env['BRIG_PYTHON'] ?? 'python3';

const isTest = (file: string): boolean => /(^|\/)(test|tests|idle_test)\//.test(file);
const write = ([name, line]: readonly [string, number]): string => `${name}:${line}`;

function listLibrary(): string[] {
  const { stdout, status } = spawnSync(
    python,
    ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${python} does not say where its library is: is CPython installed?`);
  const folder = stdout.trim();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.py') && !file.includes('-packages'))
    .toSorted();
  return [...files.filter((file) => !isTest(file)), ...files.filter(isTest)].map((file) =>
    join(folder, file),
  );
}

/** Functions of one list that the other has not, as `name:line`. */
function subtract(from: Described['functions'], what: Described['functions']): string[] {
  const known = new Set(what.map(write));
  return from.map(write).filter((one) => !known.has(one));
}

const pick = <Item>(items: readonly Item[], most: number): Item[] =>
  items.filter((_, index) => index % Math.ceil(items.length / most) === 0);

it('sees the functions of the standard library as CPython does, and refuses none of them', async () => {
  const files = listLibrary();
  const child = spawn(python, [join(packageRoot, 'test/support/module-functions.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(files.map((file) => `${file}\n`).join(''));
  const parser = await createParser();
  const end = performance.now() + BUDGET;
  const wrong: unknown[] = [];
  let compared = 0;
  let functions = 0;
  for await (const line of createInterface(child.stdout)) {
    const module = JSON.parse(line) as Described;
    const text = normalizeSource(module.text);
    const tree = parser.parse(text);
    if (tree === null) throw new Error(`no tree of ${module.path}`);
    const first = analyzeTree(tree, text, 'main', unlimited);
    const seen = first.functions.map(({ name, line: at }) => [name, at] as const);
    const [more, fewer] = [subtract(seen, module.functions), subtract(module.functions, seen)];
    if (more.length + fewer.length > 0 || seen.length !== module.functions.length)
      wrong.push({ path: module.path, more, fewer });
    const asked = [
      ...pick(module.functions, MOST_ASKED).map(([name]) => name),
      ...pick(module.bound, MOST_ASKED),
    ];
    for (const name of new Set(asked))
      if (analyzeTree(tree, text, name, unlimited).defines === 'no')
        wrong.push({ path: module.path, refused: name });
    tree.delete();
    compared++;
    functions += module.functions.length;
    if (performance.now() > end) break;
  }
  child.kill();
  parser.delete();
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(400);
  expect(functions).toBeGreaterThan(3000);
});
