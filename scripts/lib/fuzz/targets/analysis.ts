import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { createInline } from '../../../../src/analysis/inline.ts';
import { packageRoot } from '../../../../src/paths.ts';
import { must, type Target } from '../target.ts';

/* Modules of CPython's library are the programs that are changed; CPython has the last word on what comes of it. */

const python = process.env['BRIG_PYTHON'] ?? 'python3';
const lists = { modules: ['os', 'subprocess'], functions: ['os.*', 'eval', 'open'] };
const wanted = ['main', 'a', 'run'];

export const analysis: Target = {
  name: 'analysis',
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
