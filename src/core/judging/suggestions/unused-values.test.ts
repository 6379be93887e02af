import { describe, expect, it } from 'vitest';
import { isBareValue } from './bare-value.ts';
import { findOwnCall, findUnusedValue } from './unused-values.ts';

describe('a bare value', () => {
  it.each([
    ...['x', 'x.y', 'rows[0]', 'x * 2', 'a + b', '(a, b)', '[a, b]', '{"a": 1}', 'f"{x}"', '-x', 'x == 1'],
    ...['sum(x) / len(x)', 'len(x)', 'frame.describe()', 'a and b', 'a in b', '[x for x in y]', '42'],
  ])('is %s', (line) => {
    expect(isBareValue(line)).toBe(true);
  });

  it.each([
    ...[
      '',
      'pass',
      'return x',
      'x = 1',
      'x += 1',
      'x: int',
      'print(x)',
      'main()',
      'rows.append(1)',
      'plt.show()',
    ],
    ...[
      '"a text"',
      '...',
      'if x:',
      'x(',
      ')',
      'x; y',
      'raise E',
      'import x',
      '@x',
      'await x',
      'x == (',
      'f(a)(b)',
    ],
  ])('is not %j', (line) => {
    expect(isBareValue(line)).toBe(false);
  });
});

describe('a value that goes nowhere', () => {
  it.each([
    ['x = 5\nx * 2', undefined, { line: 2, text: 'x * 2' }],
    ['x = 5\nx * 2\n\n# the end\n', undefined, { line: 2, text: 'x * 2' }],
    ['def main():\n    x = 5\n    x * 2\n\nprint(1)', 'main', { line: 3, text: 'x * 2' }],
    ['async def main(\n    a,\n):\n    a', 'main', { line: 4, text: 'a' }],
    ['def main():\n    if x:\n        y', 'main', undefined],
    ['def main():\n    return (\n    x)', 'main', undefined],
    ['def main():\n    f(a,\n    b)', 'main', undefined],
    ['text = """\nx\n', undefined, undefined],
    ['def main():\n    return 1', 'main', undefined],
    ['def other():\n    x', 'main', undefined],
    ['', undefined, undefined],
    [`x\n${'#'.repeat(60_000)}`, undefined, undefined],
  ])('%j of %j', (script, name, found) => {
    expect(findUnusedValue(script, name)).toEqual(found);
  });
});

describe('a call of the entry function', () => {
  const main = 'def main():\n    pass\n';
  it.each([
    [`${main}main()`, { line: 3, text: 'main()' }],
    [`${main}print(main())`, { line: 3, text: 'print(main())' }],
    [`${main}result = main()`, { line: 3, text: 'result = main()' }],
    [`${main}asyncio.run(main())`, { line: 3, text: 'asyncio.run(main())' }],
    [`${main}if __name__ == "__main__":\n    main()`, undefined],
    [`${main}# main()`, undefined],
    [`${main}def run():\n    main()`, undefined],
    [`${main}"""\nmain()\n"""`, undefined],
    [`${main}domain()`, undefined],
    [main, undefined],
    [`${main}${'x = '.repeat(50)}main()`, undefined],
  ])('%j', (script, found) => {
    expect(findOwnCall(script, 'main')).toEqual(found);
  });
});
