import { expect, it } from 'vitest';
import { matchesAny, parseGlob } from '../src/core/contract/files/globs.ts';
import { describeInJail } from './support/attack.ts';

const at = (path: string, content: string) => ({ path, content });
/** Everything but the script itself. */
const list =
  'import os\ndef main():\n    return sorted(os.path.join(a, f) for a, _, c in os.walk(".") for f in c if f != "script.py")';

describeInJail('files', (arena) => {
  it('lie in the working directory before the run, folders and all, and can be imported and read', async () => {
    const script =
      'import helper, pkg.deep.mod\nMAGIC = helper.MAGIC\ndef main():\n    return [MAGIC, pkg.deep.mod.f(), open("data/raw.bin", "rb").read().hex(), open("é").read()]';
    const files = [
      at('helper.py', 'MAGIC = 7'),
      at('pkg/deep/mod.py', 'def f(): return "mod"'),
      { path: 'data/raw.bin', content: 'AAH/\nAA==', encoding: 'base64' },
      at('é', 'ü\n'),
    ];
    expect(await arena.result(script, { files })).toEqual([7, 'mod', '0001ff00', 'ü\n']);
  });

  it('an entry point can come from a file that shadows a module of the standard library', async () => {
    const files = [at('this.py', 'def main(): return "shadow"')];
    expect(await arena.result('from this import *', { files })).toBe('shadow');
  });

  it('bring back what matches, as text or base64, on success', async () => {
    const script = `
import os
def main():
    os.makedirs('out/deep')
    for path, data in {'out/a.csv': b'x,y\\n', 'out/deep/b.png': b'\\x89PNG\\xff', 'out/.hidden': b'-', 'c.txt': b'no'}.items():
        open(path, 'wb').write(data)`;
    const { files, execution } = await arena.run(script, {
      files: [at('out.md', '# \ufeffé')],
      return_files: ['out/**', '*.md'],
    });
    expect(files).toEqual([
      { path: 'out.md', size: 7, media_type: 'text/markdown', encoding: 'utf8', content: '# \ufeffé' },
      { path: 'out/a.csv', size: 4, media_type: 'text/csv', encoding: 'utf8', content: 'x,y\n' },
      {
        path: 'out/deep/b.png',
        size: 5,
        media_type: 'image/png',
        encoding: 'base64',
        content: Buffer.from('\x89PNG\xff', 'latin1').toString('base64'),
      },
    ]);
    expect(execution.files).toEqual({
      returned: 3,
      bytes: 16,
      omitted: [],
      omitted_total: 0,
      complete: true,
    });
  });

  it.each([
    ['an exception', 'function', 'def main():\n    open("a", "w").write("x")\n    1 / 0', 'runtime_error'],
    [
      'a result that is not JSON',
      'function',
      'def main():\n    open("a", "w").write("x")\n    return {1}',
      'invalid_result',
    ],
    ['an exit', 'script', 'open("a", "w").write("x")\nraise SystemExit(3)', 'exited'],
    ['a missing function', 'function', 'open("a", "w").write("x")\nmain = 1', 'missing_main'],
  ])('come back after %s too', async (_, mode, script, error) => {
    const body = await arena.run(script, { mode, return_files: ['*'], files: [at('b', '')] });
    expect(body).toMatchObject({
      error,
      files: [
        { path: 'a', content: 'x' },
        { path: 'b', size: 0, content: '' },
      ],
    });
  });

  it('what an open file still holds comes back too', async () => {
    const script = 'f = open("a.txt", "w")\nf.write("held")\ng = open("b.bin", "wb")\ng.write(b"held too")';
    const { files } = await arena.run(script, { mode: 'script', return_files: ['*'] });
    expect(files.map(({ content }) => content)).toEqual(['held', 'held too']);
  });

  it.each([
    ['a timeout', 'import time\ndef main():\n    open("a", "w").close()\n    time.sleep(60)', 'timeout'],
    [
      'an end without a word',
      'import os\ndef main():\n    open("a", "w").close()\n    os._exit(3)',
      'exited',
    ],
  ])('after %s the working directory is gone', async (_, script, error) => {
    const body = await arena.run(script, { return_files: ['*'], limits: { timeout: 1 } });
    expect(body).toMatchObject({ error, files: [], execution: { files: { returned: 0, complete: false } } });
  });

  it('a file with the name of the script does no harm', async () => {
    const files = [at('script.py', '"other"\n"lines"\n"here"'), at('main.py', 'raise SystemExit')];
    const body = await arena.run(
      'import script\ndef main():\n    assert script.main is main\n    return 1 / 0',
      { files },
    );
    expect(body.error).toBe('runtime_error');
    expect(body.traceback).toContain('return 1 / 0');
    expect(body.traceback).not.toContain('here');
  });

  it('a file with the name of a module that explains failures does no harm', async () => {
    const files = [at('traceback.py', 'boom'), at('linecache.py', 'boom'), at('gc.py', 'boom')];
    const body = await arena.run('def main(): return 1 / 0', { files, return_files: ['gc.py'] });
    expect(body).toMatchObject({ error: 'runtime_error', files: [{ path: 'gc.py' }] });
    expect(body.traceback).toContain('return 1 / 0');
  });

  it('everything is told at once that is wrong with them', async () => {
    const files = [
      at('../x', ''),
      at('/x', ''),
      at('a//b', ''),
      at('a/./b', ''),
      at('', ''),
      at('a\0', ''),
      at('x', ''),
      at('x', ''),
      at('x/y', ''),
      at('d/e', ''),
      at('d', ''),
      { path: 'bad', content: 'A*==', encoding: 'base64' },
      { path: 'n', kontent: '' },
      at(`${'d/'.repeat(32)}x`, ''),
      at('e'.repeat(256), ''),
      at('é/'.repeat(600), ''),
    ];
    const { status, body } = await arena.service.execute({
      script: list,
      files,
      return_files: ['../*', '[', ''],
    });
    expect([status, body.error]).toEqual([400, 'invalid_input']);
    for (const part of [
      'files[0].path: "../x" has a segment ".."',
      'files[1].path: "/x" is absolute',
      'files[2].path: "a//b" has an empty',
      'files[3].path: "a/./b" has a segment "."',
      'files[4].path: "" is empty',
      String.raw`files[5].path: "a\u0000" holds NUL`,
      'files[7] "x" is there twice',
      'files[8] "x/y" lies in a folder that is another file',
      'files[10] "d" is the folder of another',
      'files[11] "bad" has content that is not base64',
      'files[12].kontent',
      '"files[12].content" is missing',
      'is more than 32 levels deep',
      'has a segment of more than 255 bytes',
      'is longer than 1024 bytes',
      'return_files[0]: "../*"',
      'return_files[1]: "["',
    ])
      expect(body.message).toContain(part);
  });

  it('files that the disk cannot hold are refused before the run', async () => {
    const files = [at('a', 'x'.repeat(600 * 1024)), at('b', 'x'.repeat(600 * 1024))];
    const { status, body } = await arena.service.execute({ script: list, files, limits: { disk_mb: 1 } });
    expect([status, body.error]).toEqual([400, 'invalid_input']);
    expect(body.message).toContain('limits.disk_mb = 1 MiB');
    expect(body.suggestions?.join()).toContain('at least 2');
    const { body: refused } = await arena.service.execute({
      script: list,
      files: Array.from({ length: 1001 }, () => at('a', '')),
    });
    expect(refused.message).toContain('files has more than 1000 elements');
    const deep = Array.from({ length: 1000 }, (_, index) => at(`${index}/a/b/c/d`, ''));
    const { body: spread } = await arena.service.execute({ script: list, files: deep });
    expect(spread.message).toContain('files and their folders are 5000; at most 4096');
  });

  it('a thousand files, in a directory that has just room for them', async () => {
    const files = Array.from({ length: 256 }, (_, index) => at(`f/${index}`, 'x'.repeat(4096)));
    const body = await arena.run(list, { files, limits: { disk_mb: 1 } });
    expect(body.result).toHaveLength(256);
    const many = Array.from({ length: 1000 }, (_, index) => at(`f/${index}/g`, ''));
    expect((await arena.run(list, { files: many })).result).toHaveLength(1000);
  });

  it('files beyond the memory of the script end it as memory does', async () => {
    const files = [at('a', 'x'.repeat(30 * 1024 * 1024))];
    expect(await arena.run(list, { files, limits: { memory_mb: 16 } })).toMatchObject({
      error: 'memory_limit',
    });
  });

  it('a backslash, a newline and a quote are characters of a name', async () => {
    const path = 'a\\b\n"c"';
    const { files } = await arena.run('def main(): pass', {
      files: [at(path, 'x')],
      return_files: ['a\\b*'],
    });
    expect(files.map((file) => file.path)).toEqual([path]);
  });

  it('validate_only finds the modules among them, and brings nothing back', async () => {
    const fields = {
      validate_only: true,
      return_files: ['*'],
      files: [at('helper.py', 'X = 1'), at('pkg/mod.py', '')],
    };
    const body = await arena.run('import helper, pkg.mod\ndef main(): return helper.X', fields);
    expect(body).toMatchObject({ success: true, files: [] });
    expect(body.execution.files).toBeUndefined();
  });

  it('the search in the jail and the check outside agree on every pattern', async () => {
    const names = ['a', 'b', 'ab', 'a-b', '.a', ']', 'é', '😀', 'a*', '[', 'abc'];
    const paths = names.flatMap((name) =>
      ['', 'd/', '.h/', '__pycache__/'].map((folder) => `f/${folder}${name}`),
    );
    const patterns = [
      '**',
      '*',
      'f/*',
      'f/?',
      'f/??',
      '**/a*',
      '**/[!a]',
      '**/[a-b]*',
      '**/[]]',
      '**/[[]',
      '**/.*',
      'f/**/a',
      '**/d/*b*',
      'f/.h/*',
      '**/.h/**',
      '**/*[*]',
      '**/[^.]',
      'f/[é😀]',
      '**/**/ab',
      'f/a*b*',
      '*/*/*c',
      'f/[b-a]',
      'f/[a-]*',
      'f/__pycache__/*',
      'f/d',
    ];
    const files = paths.map((path) => at(path, ''));
    for (const pattern of patterns) {
      const body = await arena.run('def main(): pass', { files, return_files: [pattern] });
      const expected = paths.filter((path) => matchesAny([parseGlob(pattern)], path));
      expect(body.files.map(({ path }) => path).toSorted(), pattern).toEqual(expected.toSorted());
      expect(body.execution.files?.complete).toBe(true);
    }
  });
});
