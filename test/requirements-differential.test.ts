import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequirement, writeRequirement } from '../src/core/validation/requirements/requirement.ts';
import { findPip } from '../src/sandbox/nsjail/build/installer.ts';

/** As the `packaging` that pip brings reads them: `null` where it reads none. */
const program = `
import json, sys
sys.path.insert(0, sys.argv[1])
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
def read(text):
    try:
        one = Requirement(text)
    except InvalidRequirement:
        return None
    return {"name": one.name, "extras": sorted(one.extras), "specifiers": sorted(map(str, one.specifier)), "url": one.url, "text": str(one)}
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

interface Read {
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifiers: readonly string[];
  readonly url: string | null;
  /** Written in its own way: the same for the same requirement. */
  readonly text: string;
}

async function readAll(texts: readonly string[]): Promise<(Read | null)[]> {
  const wheel = await findPip({ stdlib: '/nowhere' } as Parameters<typeof findPip>[0]);
  const output = execFileSync('python3', ['-I', '-c', program, wheel], { input: JSON.stringify(texts) });
  return JSON.parse(output.toString('utf8')) as (Read | null)[];
}

function parse(text: string) {
  try {
    return parseRequirement(text);
  } catch {
    return undefined;
  }
}

const space = fc.constantFrom('', '', ' ', '\t', '  ');
const joined = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((all) => all.join(''));
const name = fc.constantFrom('six', 'a.b-c_D', '0', 'x-', '-x', 'é', '');
const version = fc.constantFrom(
  ...[
    '1',
    '1.0',
    '1.*',
    '2!1.0a1',
    '1.0.post2.dev3',
    '1.0+local.1',
    '1.0rc1.*',
    'x',
    'v1',
    '1..0',
    '',
    '1-1',
  ],
);
const operator = fc.constantFrom('==', '===', '~=', '!=', '<=', '>=', '<', '>', '=', '@', '=>');
const specifier = joined(operator, space, version);
const specifiers = fc
  .tuple(fc.array(joined(space, specifier, space), { maxLength: 3 }), fc.constantFrom('', '', '()', '('))
  .map(([all, brackets]) => `${brackets.charAt(0)}${all.join(',')}${brackets.charAt(1)}`);
const extras = fc.constantFrom('', '', '[a]', '[a,b]', '[ a , b ]', '[]', '[a', '[a b]', '[,]');
const operand = fc.constantFrom(
  ...[
    'python_version',
    'os_name',
    'extra',
    'os.name',
    'home',
    '"3.9"',
    "'linux'",
    '"',
    '"a b"',
    '"a\'b"',
    "'(x)'",
  ],
);
const comparison = joined(
  operand,
  space,
  fc.constantFrom('==', '>=', ' in ', ' not in ', ' not  in ', '~=', ' is ', '<'),
  space,
  operand,
);
const marker = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    comparison,
    joined(fc.constant('('), space, tie('any'), space, fc.constant(')')),
    joined(tie('any'), fc.constantFrom(' and ', ' or ', ' xor '), tie('any')),
  ),
})).any;
const condition = fc.oneof(fc.constant(''), joined(space, fc.constant(';'), space, marker));
const requirement = joined(space, name, space, extras, space, specifiers, condition, space);

describe('requirements', () => {
  it('that are taken mean to Python what they mean here, before and after they are made anew', async () => {
    const given = fc.sample(requirement, { numRuns: 12_000, seed: 20_261_128 });
    const taken = given.flatMap((text) => {
      const parts = parse(text);
      return parts === undefined ? [] : [{ text, parts, written: writeRequirement(parts) }];
    });
    expect(taken.length).toBeGreaterThan(500);
    const before = await readAll(taken.map(({ text }) => text));
    const after = await readAll(taken.map(({ written }) => written));
    for (const [index, { text, parts }] of taken.entries()) {
      expect(before[index], text).not.toBeNull();
      expect(after[index], text).toEqual(before[index]);
      expect(before[index], text).toMatchObject({
        url: null,
        name: parts.name,
        extras: parts.extras.toSorted(),
      });
    }
  });

  it('of the default environment are all taken', async () => {
    const lines = readFileSync(new URL('../environments/default.in', import.meta.url), 'utf8').split('\n');
    const names = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const read = await readAll(names);
    expect(names.map((line) => parse(line)?.name)).toEqual(read.map((one) => one?.name));
  });

  it('without a marker are refused where Python refuses them, and for a place or an empty `===`', async () => {
    const bare = joined(space, name, space, extras, space, specifiers, space);
    const given = fc.sample(bare, { numRuns: 6000, seed: 7 });
    const refused = given.filter((text) => parse(text) === undefined && !text.includes('==='));
    const read = await readAll(refused);
    expect(refused.filter((_text, index) => read[index] !== null && read[index]?.url === null)).toEqual([]);
  });
});
