import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { expect, it } from 'vitest';
import { limits } from '../core/contract/limits.test-support.ts';
import { suggestRaise } from '../core/judging/suggestions/limits.ts';
import { executeRequestSchema } from '../core/contract/request.ts';
import { packageRoot } from '../paths.ts';
import { nameOptions } from './name-options.ts';

/*
 * Suggestions name fields of a request, and the command line names its options instead. Reads every text in the
 * sources of suggestions, so that a new one that names a field without an option fails here.
 */

const fields = Object.keys(executeRequestSchema.shape);
const namesField = new RegExp(`"(?:${fields.join('|')})"`);
/** Stand-ins for the values of a template; a text is well if some of them leave no field in it. */
const values = ['…', '"x"', '"x": …', 'timeout', '30', '{"path": "x", "content": …}', ''];

const raise = suggestRaise('timeout', limits, { ...limits, timeout: 600 });

/** Returns the texts of a source, each as its parts around the values that are put in; advice to raise is none. */
function readTexts(source: string): readonly (readonly string[])[] {
  const texts: string[][] = [];
  new Visitor({
    Literal: ({ value }) => {
      if (typeof value === 'string') texts.push([value]);
    },
    TemplateLiteral: ({ quasis, expressions }) => {
      const parts = [''];
      for (const [at, { value }] of quasis.entries()) {
        parts[parts.length - 1] += value.cooked ?? '';
        const put = expressions[at];
        const isRaise = put?.type === 'CallExpression' && source.startsWith('suggestRaise(', put.start);
        if (isRaise) parts[parts.length - 1] += raise;
        else if (put !== undefined) parts.push('');
      }
      texts.push(parts);
    },
  }).visit(parseSync('source.ts', source).program);
  return texts;
}

/** Returns a text with every combination of values put in. */
const fill = ([first = '', ...rest]: readonly string[]): string[] =>
  rest.length === 0
    ? [first]
    : values.flatMap((value) => fill(rest).map((tail) => `${first}${value}${tail}`));

const findUnnamed = (source: string): string[] =>
  readTexts(source)
    .filter((parts) => namesField.test(parts.join('x')))
    .filter((parts) => fill(parts).every((text) => namesField.test(nameOptions(text))))
    .map((parts) => parts.join('${…}'));

const folder = join(packageRoot, 'src', 'core', 'judging');
const sources = globSync('**/*.ts', { cwd: folder }).filter((name) => !name.includes('.test'));

it.each(sources)('has an option for every field of a request that %s suggests', (name) => {
  expect(findUnnamed(readFileSync(join(folder, name), 'utf8'))).toEqual([]);
});

it('finds a field without an option, and a form that is not known', () => {
  const planted =
    'const a = `Send "return_files": [${name}]`; const b = \'Put it into "stdin" of the request\'; const c = `So: ${suggestRaise(x)}`';
  expect(findUnnamed(planted)).toEqual([
    'Send "return_files": [${…}]',
    'Put it into "stdin" of the request',
    `So: ${raise}`,
  ]);
  expect(readTexts(readFileSync(join(folder, 'suggestions', 'calls.ts'), 'utf8')).length).toBeGreaterThan(5);
});
