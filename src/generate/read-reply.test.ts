import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReply, type ReplyShape } from './read-reply.ts';

const shape: ReplyShape = { codeKeys: ['script', 'generated_code'], takesBlock: true, takesText: true };
const script = 'def main():\n    return {"a": 1}';
const full = JSON.stringify({ script, is_safe: true, explanation: 'fine' });
const safe = { code: script, isSafe: true, explanation: 'fine' };
const found = { code: script, isSafe: false, explanation: '' };

describe('readReply', () => {
  it.each([
    ['JSON', full, { ...safe, recovery: 'json' }],
    ['JSON with space around it', `\n ${full}\n`, { ...safe, recovery: 'json' }],
    ['JSON under another key', full.replace('script', 'generated_code'), { ...safe, recovery: 'json' }],
    ['JSON after thoughts', `<think>a {dict}?\n</think>\n${full}`, { ...safe, recovery: 'json' }],
    [
      'JSON with words around it',
      `Here it is:\n${full}\nEnjoy {}.`.replace(' {}', ''),
      { ...safe, recovery: 'braces' },
    ],
    ['JSON in a block', `Sure!\n\`\`\`json\n${full}\n\`\`\``, { ...safe, recovery: 'braces' }],
    [
      'a block of Python',
      `Sure!\n\`\`\`python\n${script}\n\`\`\`\nDone.`,
      { ...found, recovery: 'code_block' },
    ],
    ['a block without a language', `\`\`\`\n${script}\n\`\`\``, { ...found, recovery: 'code_block' }],
    [
      'the first of two blocks',
      `\`\`\`py\n${script}\n\`\`\`\n\`\`\`\nx = 1\n\`\`\``,
      { ...found, recovery: 'code_block' },
    ],
    ['code alone', script, { ...found, recovery: 'raw_text' }],
    [
      'code whose dict happens to be JSON',
      script.replace('1', '2'),
      { ...found, code: script.replace('1', '2'), recovery: 'raw_text' },
    ],
  ])('reads %s', (_name, text, expected) => {
    expect(readReply(text, shape)).toEqual(expected);
  });

  it.each([
    ['words', 'I cannot do that.'],
    ['nothing', ''],
    ['a number', '5'],
    ['an array', '[1, 2]'],
    ['an object about something else, in words', 'the answer is {"x": 1}, I think'],
    ['an empty block', '```python\n\n```'],
    ['a block that does not end', '```python\nx = 5'],
  ])('finds nothing in %s', (_name, text) => {
    expect(readReply(text, shape)).toBeUndefined();
  });

  it.each([
    ['absent', {}],
    ['a word', { is_safe: 'true' }],
    ['a number', { is_safe: 1 }],
    ['null', { is_safe: null }],
    ['false', { is_safe: false }],
    ['of a prototype', JSON.parse('{"__proto__": {"is_safe": true}}') as object],
  ])('takes a script for unsafe whose is_safe is %s', (_name, more) => {
    expect(readReply(JSON.stringify({ script, ...more }), shape)?.isSafe).toBe(false);
  });

  it('takes neither a block nor text where no code is asked for', () => {
    const review: ReplyShape = { codeKeys: [], takesBlock: false, takesText: false };
    expect(readReply(`\`\`\`\n${script}\n\`\`\``, review)).toBeUndefined();
    expect(readReply(script, review)).toBeUndefined();
    expect(readReply('So: {"is_safe": true}', review)).toMatchObject({ isSafe: true, code: undefined });
  });

  it('cuts an explanation, and leaves out what is none', () => {
    const long = readReply(JSON.stringify({ script, explanation: 'é'.repeat(9000) }), shape);
    expect(long?.explanation).toHaveLength(4000);
    expect(readReply(JSON.stringify({ script, explanation: ['no'] }), shape)?.explanation).toBe('');
    expect(readReply('{"script": "x", "explanation": "\\ud800"}', shape)?.explanation).toBe('\ufffd');
  });

  it('calls nothing safe that is not JSON', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(readReply(text, shape)?.isSafe ?? false).toBe(false);
      }),
    );
  });

  it.each(['```', '{', 'import a\n', '<think>', '```\n', '{"script":'])(
    'reads a million of %j in time',
    (piece) => {
      readReply(piece.repeat(1_000_000 / piece.length), shape);
    },
  );
});
