import { describe, expect, it } from 'vitest';
import type { InputFile } from '../core/contract/request.ts';
import { selectGoSources } from './go-sources.ts';
import { selectRustSources } from './rust-sources.ts';

const toFiles = (files: Readonly<Record<string, string>>): InputFile[] =>
  Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
const toPaths = (files: readonly InputFile[]): string[] => files.map(({ path }) => path);

const selectGo = (script: string, files: Readonly<Record<string, string>>): InputFile[] =>
  selectGoSources({ script, files: toFiles(files) }, 'main.go', '1.26.8');

const selectRust = (script: string, files: Readonly<Record<string, string>>) => {
  const selected = selectRustSources({ script, files: toFiles(files) });
  return [selected.scriptPath, ...toPaths(selected.files)];
};

describe('what takes part in the compilation of a Go script', () => {
  it.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
    ['nothing of data', 'package main', { 'data.json': '{}', 'notes.go.txt': '' }, []],
    ['other sources, in a module', 'package main', { 'util.go': '', 'x.txt': '' }, ['util.go', 'go.mod']],
    [
      "the caller's own module, with what it vendors",
      'package main',
      { 'go.mod': '', 'go.sum': '', 'vendor/modules.txt': '', 'vendor/a/a.go': '', 'a/b.s': '', x: '' },
      ['go.mod', 'go.sum', 'vendor/modules.txt', 'vendor/a/a.go', 'a/b.s'],
    ],
    ['no tests', 'package main', { 'main_test.go': '' }, []],
    [
      'no file in the place of the script',
      'package main',
      { 'main.go': '', 'util.go': '' },
      ['util.go', 'go.mod'],
    ],
    ['data that is embedded', '//go:embed x.txt', { 'x.txt': '', 'y.txt': '' }, ['x.txt', 'y.txt', 'go.mod']],
    [
      'data that another source embeds',
      'package main',
      { 'u/u.go': 'package u\n//go:embed x\nvar X string', 'u/x': '' },
      ['u/u.go', 'u/x', 'go.mod'],
    ],
  ])('%s', (_, script, files, expected) => {
    expect(toPaths(selectGo(script, files))).toEqual(expected);
  });

  it('is a module of the language that the toolchain speaks', () => {
    const text = new TextDecoder().decode(selectGo('package main', { 'a.go': '' }).at(-1)?.bytes);
    expect(text).toBe('module app\n\ngo 1.26\n');
  });

  it('is everything where the sources are too long to look through', () => {
    expect(selectGo('package main', { 'a.go': 'x'.repeat(1024 * 1024 + 1), b: '' })).toHaveLength(3);
  });
});

describe('what takes part in the compilation of a Rust script', () => {
  it.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
    ['nothing of data', 'fn main() {}', { 'data.txt': '', 'other.rs': '' }, ['src/main.rs']],
    ['modules beside it', 'mod util;', { 'util.rs': '', x: '' }, ['main.rs', 'util.rs']],
    ['modules as Cargo has them', 'mod util;', { 'src/util/mod.rs': '' }, ['src/main.rs', 'src/util/mod.rs']],
    ['data that is included', 'include_str!("x")', { x: '', y: '' }, ['main.rs', 'x', 'y']],
    ['data that is included from above', 'include_str!("../x")', { x: '' }, ['src/main.rs', 'x']],
    [
      'data that a module includes',
      'mod util;',
      { 'util.rs': 'include_bytes!("x");', x: '' },
      ['main.rs', 'util.rs', 'x'],
    ],
    ['a module of any name', '#[path = "x.txt"] mod x;', { 'x.txt': '' }, ['main.rs', 'x.txt']],
    [
      'no file in the place of the script',
      'mod a;',
      { 'src/main.rs': '', 'src/a.rs': '' },
      ['src/main.rs', 'src/a.rs'],
    ],
  ])('%s', (_, script, files, expected) => {
    expect(selectRust(script, files)).toEqual(expected);
  });
});
