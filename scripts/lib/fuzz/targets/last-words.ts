import { readCompilerError } from '../../../../src/core/judging/last-words/compilers.ts';
import { readLastWords } from '../../../../src/core/judging/last-words/read-last-words.ts';
import { runtimeNames } from '../../../../src/core/contract/runtimes.ts';
import { must, type Target } from '../target.ts';

const MOST_MESSAGE = 8000;
const programs = runtimeNames.filter((name) => name !== 'python');

/** Last words on a program's standard error. */
export const lastWords: Target = {
  name: 'last-words',
  words: [
    ...[
      '\n',
      'panic: ',
      '\n\ngoroutine 1 [',
      '\t./main.go:5 +0x1d\n',
      'fatal error: ',
      'Error: ',
      'TypeError: x\n',
    ],
    ...[
      '    at f (/work/main.js:1:1)\n',
      '/work/main.js:1\n',
      '^\n',
      '\nNode.js v24',
      "' panicked at a.rs:1:1:\n",
    ],
    ...[
      'error: Uncaught ',
      'error: ',
      '\nBun v1.4.4 (Linux x64)\n',
      ' --> a:1:1\n',
      'error[E0425]: x\n',
      "thread '",
    ],
    ...['SyntaxError: ', '\nnote: ', './main.go:5:2: x\n', '    at file:///work/main.ts:1:7\n', '\r\n', ' '],
  ],
  budget: { fixed: 100, perKiB: 10 },
  open: () => ({
    run: (input) => {
      const text = input.toString('utf8');
      for (const runtime of programs) {
        const words = readLastWords(runtime, text);
        if (words === undefined || words.kind === 'out_of_memory') continue;
        must(words.message.length <= MOST_MESSAGE, 'a message is long');
        must(words.message.isWellFormed(), 'a message is no text');
        must((words.location?.line ?? 1) >= 1, 'a line is none');
        must((words.traceback ?? '').length <= 2 * MOST_MESSAGE, 'a traceback is long');
      }
      for (const runtime of runtimeNames) {
        must((readCompilerError(runtime, text)?.message.length ?? 0) <= MOST_MESSAGE, 'a message is long');
      }
    },
  }),
};
