import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequirementComplaint } from './complaint.ts';
import { readRequirements, writeRequirementFile } from './read-requirements.ts';

const hash = `--hash=sha256:${'0'.repeat(64)}`;
const rewrite = (request: Parameters<typeof readRequirements>[0]): string =>
  writeRequirementFile(readRequirements(request));

describe('requirements', () => {
  it.each([
    ['six', 'six'],
    ['six==1.17.0', 'six==1.17.0'],
    [' attrs >=25, <26', 'attrs>=25,<26'],
    ['attrs (>=25,\t<26)', 'attrs>=25,<26'],
    ['requests[socks , security]~=2.32', 'requests[socks,security]~=2.32'],
    ['six[]', 'six'],
    ['x===1.weird', 'x===1.weird'],
    ['x!=1.*,>=0a1.post2', 'x!=1.*,>=0a1.post2'],
    ["numpy==2.4.6;python_full_version<'3.12'", 'numpy==2.4.6 ; python_full_version < "3.12"'],
    [
      'x ; (os_name=="nt" or "linux" in sys_platform) and extra not  in "a b"',
      'x ; (os_name == "nt" or "linux" in sys_platform) and extra not in "a b"',
    ],
  ])('are made anew of their parts: %s', (entry, line) => {
    expect(rewrite({ packages: [entry] })).toBe(`${line}\n`);
    expect(rewrite({ requirements: `${entry} # more\r\n\n# nothing\n` })).toBe(`${line}\n`);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    [
      "six; python_version > '3'\n--index-url http://127.0.0.1:1/",
      /U\+000A stands behind "six; python_version > '3'"/,
    ],
    ['six\r--index-url http://127.0.0.1:1/', /U\+000D/],
    ...['\0', '\v', '\f', '\x1c', '\x1e', '\x7f', '\x85', '\x9b', '\u2028', '\u2029'].map(
      (control) => [`six${control}-r /etc/passwd`, /control or line character U\+/] as const,
    ),
    ['six==1.0rc1.*', /has "==" without a version that fits it/],
    ["six; python_version > '${UV_INDEX}'", /has "\$"/],
    ['six @ http://127.0.0.1:1/${UV_INDEX}', /has "\$"/],
    ['six\\', /has "\\\\"/],
    ['-r other.txt', /option of pip/],
    ['-c other.txt', /option of pip/],
    ['-e .', /option of pip/],
    ['--index-url https://evil.invalid', /option of pip/],
    ['six @ https://evil.invalid/six.whl', /where the package lies/],
    ['six @ file:///etc/passwd', /where the package lies/],
    ['https://evil.invalid/six.whl', /URLs and paths/],
    ['git+https://evil.invalid/six', /URLs and paths/],
    ['./six.whl', /URLs and paths/],
    ['/tmp/six.whl', /URLs and paths/],
    ['file:six.whl', /URLs and paths/],
    ['six.whl/', /URLs and paths/],
    ['', /no requirement by name/],
    ['sïx', /no requirement by name/],
    ['six-', /no requirement by name/],
    ['six --config-settings=x', /has "-" where it should end/],
    ['six==', /"==" without a version/],
    ['six==1..0', /"==" without a version/],
    ['six>=1.*', /">=" without a version/],
    ['six==1,', /"," without a version/],
    ['six===1,<2', /stands last/],
    ['six (==1', /lacks a "\)"/],
    ['six[a', /without a "\]"/],
    ['six[--x]', /extras that are no names/],
    ['six; -r other', /marker that is not complete/],
    ["six; 'a' == 'b'", /compare a variable with a string/],
    ['six; os_name == sys_platform', /compare a variable with a string/],
    ['six; home == "x"', /"home", which is no variable/],
    ['six; os_name == "a#b"', /string that has no end/],
    ['six; os_name == "a', /string that has no end/],
    ['six; os_name == "a --index-url http://x"', /looks like options/],
    ['six; os_name == "a" --index-url x', /has "-" where it should end/],
    ['six; os_name == "a" xor os_name == "b"', /where it should end/],
    ['six; os_name == "a" add', /"add" where "and" or "or"/],
    [`six; ${'('.repeat(30)}`, /nested too deeply/],
    [`six ; os_name == "${'x'.repeat(1000)}"`, /longer than 1000/],
    [`six ${hash}0`, /should end|sha256/],
    ['six --hash=md5:00', /none of sha256/],
  ];
  it.each(refused)('are refused by entry and reason: %j', (entry, reason) => {
    const read = () => readRequirements({ packages: ['attrs', entry] });
    expect(read).toThrow(RequirementComplaint);
    expect(read).toThrow(/^packages\[1\]: /);
    expect(read).toThrow(reason);
    if (entry !== '' && !/^[^\n]*[\r\n]/.test(entry) && !entry.endsWith('\\')) {
      expect(() => readRequirements({ requirements: `attrs\n${entry}` })).toThrow(/^Line 2: /);
    }
  });

  it('of a file may go on in a next line, and have hashes', () => {
    const lock = `six==1.17.0 \\\r\n    ${hash} \\\n    --hash sha512:${'A'.repeat(128)}\n`;
    expect(rewrite({ lock })).toBe(`six==1.17.0 ${hash} --hash=sha512:${'a'.repeat(128)}\n`);
    expect(() => readRequirements({ requirements: 'six \\\n--index-url x' })).toThrow(/^Line 2: /);
    expect(() => readRequirements({ requirements: 'six \\' })).toThrow(/ends with/);
    // Like in pip, a comment ends a continued line.
    expect(rewrite({ requirements: 'six # \\\nattrs' })).toBe('six\nattrs\n');
  });

  it.each(['six==1.17.0', `six>=1 ${hash}`, `six==1.* ${hash}`])('of a lock are pinned: not %s', (line) => {
    expect(() => readRequirements({ lock: line })).toThrow(/pinned version with hashes/);
  });

  it('whatever is sent, reach an installer as single lines of few characters', () => {
    const piece = fc.constantFrom(
      ...[
        'six',
        '==1.0',
        '>=',
        '[a]',
        ';',
        ' ',
        "'x'",
        '"',
        'python_version',
        ' and ',
        '(',
        ')',
        '\n',
        '\r',
        '\\',
      ],
      ...[
        '\u2028',
        '\u0085',
        '$',
        '{X}',
        '#',
        '--hash=',
        '-r',
        '@',
        'http://x',
        `sha256:${'0'.repeat(64)}`,
        ',',
      ],
    );
    const anything = fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(anything, fc.boolean(), (text, isList) => {
        let written = '';
        try {
          written = rewrite(isList ? { packages: [text] } : { requirements: text });
        } catch (error) {
          expect(error).toBeInstanceOf(RequirementComplaint);
        }
        expect(written).toMatch(/^(?:[A-Za-z0-9][A-Za-z0-9 ._+*!~^:,()/<>=";[\]-]*\n)*$/);
        // The rewritten file parses to the same requirements.
        expect(rewrite({ requirements: written })).toBe(written);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['blanks', ' '.repeat(500_000)],
    ['blanks behind a name', `six${' '.repeat(500_000)}x`],
    ['blanks before hashes', `six==1 ${`${' '.repeat(5000)}--hash`.repeat(100)}`],
    ['lines that go on', '\\\n'.repeat(250_000)],
    ['comments', '#'.repeat(500_000)],
    ['signs of comments', 'a#'.repeat(250_000)],
    ['digits', `six==${'1'.repeat(500_000)}`],
    ['versions', `six${'==1.0,'.repeat(80_000)}`],
    ['brackets', `six; ${'('.repeat(500_000)}`],
    ['conditions', `six; ${'os_name == "x" and '.repeat(25_000)}`],
    ['names', 'a-'.repeat(250_000)],
    ['hashes', `six==1 ${`${hash} `.repeat(6000)}`],
    ['requirements', 'a\n'.repeat(250_000)],
  ])(
    'take time in proportion to their length: %s',
    (_what, text) => {
      // A backtracking pattern needs minutes for these.
      for (const field of ['requirements', 'lock'] as const) {
        try {
          readRequirements({ [field]: text });
        } catch (error) {
          expect(error).toBeInstanceOf(RequirementComplaint);
        }
      }
    },
    10_000,
  );
});
