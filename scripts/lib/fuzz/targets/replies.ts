import { readReply } from '../../../../src/generate/read-reply.ts';
import { must, type Target } from '../target.ts';

/** Replies of a model. */
export const replies: Target = {
  name: 'replies',
  words: [
    ...[
      '```python\n',
      '```',
      '<think>',
      '</think>',
      '{"code": "',
      '"is_safe": true',
      '"}',
      '\\n',
      '\n',
      'def main():\n',
    ],
    ...['import os', 'from a import b', '{', '}', '"explanation": "', ',', '[', '\\ud800', ' '],
  ],
  budget: { fixed: 100, perKiB: 10 },
  open: () => ({
    run: (input) => {
      const shape = { codeKeys: ['code', 'script'], takesBlock: true, takesText: true };
      const reply = readReply(input.toString('utf8'), shape);
      must((reply?.explanation ?? '').length <= 4000, 'an explanation is long');
      must(reply?.isSafe !== true || input.includes('true'), 'called safe without a word of it');
    },
  }),
};
