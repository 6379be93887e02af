import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/paths.ts';
import { checkImports, listSources } from './check-imports.ts';
import { judgeImport, roomOf } from './judge-import.ts';
import { readImports } from './read-imports.ts';
import { processStarter, rooms } from './rooms.ts';

const src = join(packageRoot, 'src');
const sources = listSources(src);

describe('the table of rooms', () => {
  it('names what there is, once', () => {
    const names = rooms.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const named = [...names, ...rooms.flatMap((room) => room.rooms)].map((one) => one.replace(/\/\*+$/, ''));
    expect(named.filter((name) => !existsSync(join(src, name)))).toEqual([]);
  });

  it('has a room for every file', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  it('permits nothing that no file imports', () => {
    const reached = new Map(rooms.map(({ name }) => [name, new Set<string>()]));
    for (const file of sources) {
      for (const { specifier } of readImports(file, readFileSync(join(src, file), 'utf8'))) {
        const isOwn = specifier.startsWith('.');
        const target = isOwn ? posix.join(posix.dirname(file), specifier) : specifier;
        reached.get(roomOf(file)?.name ?? '')?.add(target);
      }
    }
    const isReached = (name: string, permitted: string): boolean =>
      [...(reached.get(name) ?? [])].some((target) => {
        const start = permitted.replace(/\*+$/, '');
        return target === permitted || target.startsWith(start === permitted ? `${permitted}/` : start);
      });
    const needless = rooms.flatMap(({ name, rooms: others, packages }) =>
      [...others, ...packages].filter((one) => !isReached(name, one)).map((one) => `${name}: ${one}`),
    );
    expect(needless).toEqual([]);
  });
});

describe('an import', () => {
  it.each([
    ['core/contract/limits.ts', './request.ts', true],
    ['core/contract/limits.ts', 'zod', true],
    ['core/contract/limits.ts', 'zod/v4', true],
    ['core/contract/limits.ts', 'zodiac', false],
    ['core/contract/limits.ts', 'node:fs', false],
    ['core/contract/limits.ts', '../../service.ts', false],
    ['core/contract/limits.ts', '../../core/../service.ts', false],
    ['core/contract/limits.ts', './limits.test.ts', false],
    ['pool/pool.ts', 'node:child_process', false],
    ['pool/pool.ts', 'child_process', false],
    ['pool/pool.ts', 'node:cluster', false],
    ['executor/executor.ts', '../sandbox/sandbox.ts', true],
    ['executor/executor.ts', '../host/process.ts', false],
    ['runtimes/node.ts', '../sandbox/nsjail/kinds.ts', false],
    ['nowhere/file.ts', './other.ts', false],
  ])('of %s: %s', (file, specifier, isPermitted) => {
    expect(judgeImport(file, specifier) === undefined).toBe(isPermitted);
  });

  it('is read from every kind of statement', () => {
    const text = [
      "import a from 'a';",
      "import type { B } from 'b';",
      "export { c } from 'c';",
      "export * from 'd';",
      "import 'e';",
      "const f = await import('f');",
      'const g = await import(h);',
    ].join('\n');
    expect(readImports('x.ts', text)).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f', 'h'].map((specifier, index) => ({ specifier, line: index + 1 })),
    );
  });

  it('of what starts processes is for one file', () => {
    const may = sources.filter((file) => judgeImport(file, 'execa') === undefined);
    expect(may).toEqual([processStarter.file]);
  });
});

describe('the check', () => {
  const copy = mkdtempSync(join(tmpdir(), 'brig-imports-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('finds nothing in the sources', () => {
    expect(checkImports(src)).toEqual([]);
  });

  it('refuses a bad import that is planted in any folder', () => {
    cpSync(src, copy, { recursive: true });
    const folders = [...new Set(sources.map((file) => posix.dirname(file)))].filter((name) => name !== '.');
    const bad = ['execa', 'node:child_process', 'left-pad'];
    const planted = folders.flatMap((folder) => {
      const up = '../'.repeat(folder.split('/').length);
      const all = [...bad, `${up}index.ts`, `${up}elsewhere/x.ts`];
      writeFileSync(
        join(copy, folder, 'planted.ts'),
        all
          .map((one, index) => (index % 2 === 0 ? `import '${one}';` : `await import('${one}');`))
          .join('\n'),
      );
      return all.map((one, index) => `src/${folder}/planted.ts:${index + 1} imports ${one}.`);
    });
    const told = checkImports(copy);
    expect(planted.length).toBeGreaterThan(100);
    expect(planted.filter((line) => !told.some((one) => one.startsWith(line)))).toEqual([]);
    expect(told.length).toBe(planted.length);
  });
});
