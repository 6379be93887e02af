import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { createInline } from '../../../../src/analysis/inline.ts';
import { packageRoot } from '../../../../src/paths.ts';
import { must, type Target } from '../target.ts';

const python = process.env['BRIG_PYTHON'] ?? 'python3';
const lists = { modules: ['os', 'subprocess'], functions: ['os.*', 'eval', 'open'] };
const wanted = ['main', 'a', 'run'];

/** Modules of the standard library that are mutated: enough to meet most of the grammar, few enough to start with. */
const MODULES = 24;
/** Bytes of a module: larger ones leave little room for mutations, and little time for many of them. */
const MOST_MODULE_BYTES = 16 * 1024;

/** Mutants of real programs, whose names CPython's own symbol table says as well. */
export const analysis: Target = {
  name: 'analysis',
  seeds: readModules,
  words: [
    ...[
      'def main(): pass\n',
      'main',
      ' = ',
      'import ',
      'from a import *\n',
      'lambda: ',
      'async ',
      'class A:\n',
      '\n',
      '    ',
    ],
    ...[
      'if True:\n    ',
      'for ',
      ' in ',
      'with a as main: pass\n',
      'try:\n',
      'except* A as main: pass\n',
      'global main\n',
    ],
    ...[
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      '*',
      '**',
      ':',
      ':=',
      '"""',
      "'",
      'f"{',
      '}"',
      '\\\n',
      '#',
      ';',
      '@',
      'del main\n',
    ],
    ...[
      'match a:\n    case main: pass\n',
      'type main = int\n',
      '\t',
      '\f',
      '\r',
      '\0',
      '\xef\xbb\xbf',
      'not ',
      ' or ',
      '.',
      '_',
    ],
  ],
  budget: { fixed: 300, perKiB: 60 },
  open: async () => {
    let inline = await createInline({ inlineLength: 65_536, inlineBudget: 200 });
    const oracle = spawn(python, [join(packageRoot, 'scripts', 'lib', 'fuzz', 'targets', 'bound_names.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const answers = createInterface(oracle.stdout)[Symbol.asyncIterator]();
    return {
      run: async (input) => {
        const script = input.toString('utf8');
        const refused = wanted.filter(
          (name) => inline.answer({ kind: 'functions', script, wanted: name })?.defines === 'no',
        );
        for (const kind of ['policy', 'survey'] as const) inline.answer({ kind, script, ...lists });
        if (inline.answer({ kind: 'functions', script: 'a = 1', wanted: 'a' }) === undefined) {
          inline = await createInline({ inlineLength: 65_536, inlineBudget: 200 });
          throw new Error('the parser broke');
        }
        if (refused.length === 0) return;
        oracle.stdin.write(`${JSON.stringify(script)}\n`);
        const bound = JSON.parse((await answers.next()).value ?? 'null') as string[] | null;
        const wrong = refused.filter((name) => bound?.includes(name));
        must(wrong.length === 0, `CPython binds ${wrong.join()}, which the analysis says is not there`);
      },
      close: async () => {
        inline.close();
        oracle.stdin.end();
        await once(oracle, 'close');
      },
    };
  },
};

/** Modules of the interpreter's standard library, spread evenly over those that are small enough. */
function readModules(): Buffer[] {
  const program = 'import sysconfig; print(sysconfig.get_path("stdlib"))';
  const library = execFileSync(python, ['-c', program], { encoding: 'utf8' }).trim();
  const small = globSync(['*.py', '{asyncio,email,importlib,json}/*.py'], { cwd: library })
    .map((name) => join(library, name))
    .filter((path) => statSync(path).size <= MOST_MODULE_BYTES)
    .toSorted();
  const stride = Math.max(1, Math.floor(small.length / MODULES));
  return small.filter((_, at) => at % stride === 0).map((path) => readFileSync(path));
}
