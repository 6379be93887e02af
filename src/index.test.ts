import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { packageRoot } from './paths.ts';

interface Documented {
  readonly name: string;
  readonly example: string | undefined;
}

const read = (path: string): string => readFileSync(join(packageRoot, 'src', path), 'utf8');

/** Finds the example of a named export of a module. */
function findExample(module: string, name: string): string | undefined {
  const lines = read(module).split('\n');
  const at = lines.findIndex((line) =>
    new RegExp(`^export (async )?(type|interface|class|function|const) ${name}\\b`).test(line),
  );
  const comment: string[] = [];
  for (let line = at - 1; line >= 0 && /^( \*|\/\*\*)/.test(lines[line] ?? ''); line -= 1)
    comment.unshift((lines[line] ?? '').replace(/^( \*\/|\/\*\*| \* ?)/, ''));
  const start = comment.indexOf('@example');
  return start === -1
    ? undefined
    : comment
        .slice(start + 1)
        .join('\n')
        .trim();
}

/** Lists all exports of the library, re-exports included. */
function listExports(): Documented[] {
  const text = read('index.ts');
  const own = [...text.matchAll(/^export (?:async )?(?:type|interface|function) (\w+)/gm)].map(
    ([, name = '']) => ({ name, example: findExample('index.ts', name) }),
  );
  const passed = [
    ...text.matchAll(/^export (?:type )?\{ (\w+)(?: as (\w+))?(?:, (\w+))? \} from '(.+)';$/gm),
  ];
  return [
    ...own,
    ...passed.flatMap(([, from = '', as = from, other, path = '']) =>
      [[from, as], other === undefined ? [] : [other, other]]
        .filter((pair) => pair.length > 0)
        .map(([origin = '', name = '']) => ({ name, example: findExample(path, origin) })),
    ),
  ];
}

const prelude = (names: readonly string[]): string => `
import { writeFile } from 'node:fs/promises';
import { ${names.join(', ')} } from '${join(packageRoot, 'src', 'index.ts')}';
declare const brig: Brig;
declare const outcome: ExecuteOutcome;
declare const success: ExecuteSuccess;
declare const request: ExecuteRequest & BuildRequest;
declare const script: string;
`;

describe('the library', () => {
  // Stays, because the compiler remembers here which files it has checked.
  const folder = join(packageRoot, 'node_modules', '.cache', 'examples');
  const all = listExports();

  it('has an example for everything that it exports', () => {
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(({ example }) => example === undefined).map(({ name }) => name)).toEqual([]);
  });

  it('has examples that compile', async () => {
    const head = prelude(all.map(({ name }) => name));
    const bodies = all.map(
      ({ name, example = '' }) => `export async function show${name}() {\n${example}\n}`,
    );
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'examples.ts'), [head, ...bodies].join('\n'));
    const config = {
      extends: join(packageRoot, 'tsconfig.json'),
      compilerOptions: {
        incremental: true,
        verbatimModuleSyntax: false,
        rewriteRelativeImportExtensions: false,
        allowImportingTsExtensions: true,
        typeRoots: [join(packageRoot, 'node_modules', '@types')],
      },
      include: ['examples.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(packageRoot, 'node_modules', '.bin', 'tsc');
    const { stdout } = await execa(tsc, ['-p', join(folder, 'tsconfig.json')], { reject: false });
    expect(stdout).toBe('');
  }, 120_000);
});
