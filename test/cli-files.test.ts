import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runShell } from './support/console.ts';

/** Copies every file to a name with `.out`, and lists what is there. */
const script = `
import os, pathlib
def main():
    there = sorted(str(p) for p in pathlib.Path('.').rglob('*') if p.is_file() and p.name != 'script.py')
    for path in there: pathlib.Path(path + '.out').write_bytes(open(path, 'rb').read())
    return there`;

describe('brig run with files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cli-files-'));
    await writeFile(join(folder, 'run.py'), script);
    await mkdir(join(folder, 'in/deep'), { recursive: true });
    await writeFile(join(folder, 'in/a=b.txt'), 'A');
    await writeFile(join(folder, 'in/deep/raw'), Buffer.from([0, 255]));
    await symlink('/etc/passwd', join(folder, 'in/link'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const brig = async (command: string): Promise<[output: string, status: string]> => {
    const { stdout } = await runShell(`cd '${folder}'; exec 2>&1; brig run ${command}; echo "#$?"`);
    const at = stdout.lastIndexOf('#');
    return [stdout.slice(0, at), stdout.slice(at + 1).trim()];
  };

  it('takes files and folders in, under their own path or another, and writes what comes back', async () => {
    const [output, status] = await brig(
      'run.py --file in --file in/a=b.txt=other/name.txt --file "$PWD/run.py" --out out --return \'**/*.out\'',
    );
    expect(output).toBe(
      'left out in/link: it is no regular file\n["in/a=b.txt","in/deep/raw","other/name.txt","run.py"]\n',
    );
    expect(status).toBe('0');
    const written = await readdir(join(folder, 'out'), { recursive: true });
    expect(written.toSorted()).toEqual([
      'in',
      'in/a=b.txt.out',
      'in/deep',
      'in/deep/raw.out',
      'other',
      'other/name.txt.out',
      'run.py.out',
    ]);
    expect(await readFile(join(folder, 'out/in/deep/raw.out'))).toEqual(Buffer.from([0, 255]));
  });

  it('a folder can become the working directory itself; without --return all comes back', async () => {
    const [output] = await brig('run.py --file in=. --out out');
    expect(output).toContain('["a=b.txt","deep/raw"]');
    expect((await readdir(join(folder, 'out'))).toSorted()).toEqual(['a=b.txt', 'a=b.txt.out', 'deep']);
  });

  it('never writes through a link, replaces one that has the name of a file, and says what it could not write', async () => {
    await mkdir(join(folder, 'out'));
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'precious'), 'mine');
    await symlink('../elsewhere', join(folder, 'out/in'));
    await symlink('../precious', join(folder, 'out/run.py'));
    await mkdir(join(folder, 'out/run.py.out'));
    const [output, status] = await brig('run.py --file in --file run.py --out out');
    expect(output).toContain('cannot write "in/a=b.txt": something that is no folder lies on its way\n');
    expect(output).toContain('cannot write "run.py.out": EISDIR\n');
    expect(status).toBe('73');
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
    expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('mine');
    expect((await lstat(join(folder, 'out/run.py'))).isFile()).toBe(true);
    expect((await readdir(join(folder, 'out'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('--json prints the whole outcome, files and all', async () => {
    const [output] = await brig('run.py --file in/deep --return "**" --json');
    expect(JSON.parse(output)).toMatchObject({
      result: ['in/deep/raw'],
      files: [
        { path: 'in/deep/raw', content: 'AP8=', encoding: 'base64' },
        { path: 'in/deep/raw.out', size: 2 },
      ],
      execution: { files: { returned: 2, complete: true } },
    });
  });

  it.each([
    ['run.py --file nothing', 'There is no file nothing.', '66'],
    ['run.py --file in=../x', 'has a segment ".."', '64'],
    ['run.py --file /dev/null', 'is neither a file nor a folder', '64'],
    ['run.py --return "*"', 'goes nowhere', '64'],
    ['run.py --out run.py', 'no folder to write to', '64'],
  ])('%s is refused in words', async (command, words, status) => {
    const [output, said] = await brig(command);
    expect(output).toContain(words);
    expect(said).toBe(status);
  });

  it('names of the script are escaped on the way to the terminal', async () => {
    await writeFile(join(folder, 'evil.py'), 'import os\ndef main(): os.symlink("x", "\\x1b[31m\\u202e")');
    const [output] = await brig('evil.py --out out');
    expect(output).toBe(String.raw`left out "\u001b[31m\u202e": not_a_file` + '\n');
  });
});
