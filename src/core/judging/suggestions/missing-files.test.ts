import { describe, expect, it } from 'vitest';
import { suggestForMissingFile } from './missing-files.ts';

const suggest = (name: string, givenFiles: string[] = [], line?: string): string[] =>
  suggestForMissingFile(
    {
      message: `[Errno 2] No such file or directory: '${name}'`,
      traceback:
        line && `Traceback (most recent call last):\n  File "script.py", line 3, in main\n    ${line}\n`,
    },
    { givenFiles },
  );

const programs = 'There are no programs here but Python, a shell and at most a few tools such as ls';

describe('suggestForMissingFile', () => {
  it.each([
    ['dat.csv', 'data.csv'],
    ['./Data.csv', 'data.csv'],
    ['/work/data.cvs', 'data.csv'],
    ['data.csv', 'in/data.csv'],
    ['/home/me/data.csv', 'data.csv'],
  ])('%s is near %s, which was given', (name, given) => {
    expect(suggest(name, ['other.txt', given])).toEqual([
      `Did you mean "${given}"? It came with the request`,
    ]);
  });

  it('says how to send what is not there', () => {
    expect(suggest('in/data.csv')[0]).toBe(
      'Send the file with the request: "files": [{"path": "in/data.csv", "content": …}]',
    );
    expect(suggest('/home/me/data.csv')[0]).toBe(
      'Send the file with the request: "files": [{"path": "data.csv", "content": …}], and open it as "data.csv"',
    );
    expect(suggest('data.csv', ['a', 'b', 'c', 'd', 'e', 'f'])[1]).toBe(
      'Files of the request: "a", "b", "c", "d", "e" and 1 more',
    );
  });

  it('takes a bare name for that of a program', () => {
    expect(suggest('git')[0]).toBe(programs);
  });

  it.each([
    ['data.csv', "return open('data.csv').read()"],
    ['data', "frame = pd.read_csv('data')"],
    ['data.csv', "model.run('data.csv')"],
  ])('speaks of no program where a file is opened: %s by %s', (name, line) => {
    const [first, ...rest] = suggest(name, [], line);
    expect(first).toBe(`Send the file with the request: "files": [{"path": "${name}", "content": …}]`);
    expect(rest).not.toContain(programs);
  });

  it.each(["subprocess.run(['git'])", "run(['git'])", "os.execvp('git', ['git'])"])(
    'speaks of no file where a program is started: %s',
    (line) => {
      expect(suggest('git', [], line)).toEqual([programs, 'Do it with a module of Python instead']);
    },
  );

  it.each(['', '..', 'x'.repeat(5000), '/'])(
    'says it in general where there is no name to repeat',
    (name) => {
      expect(suggest(name)[0]).toBe('Write the file first, or send it with the request, as one of "files"');
    },
  );
});
