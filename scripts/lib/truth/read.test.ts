import { describe, expect, it } from 'vitest';
import { describeEnding, dropForeignFrames } from './describe-ending.ts';
import { readExpectations } from './expectations.ts';
import { parseOptions } from './options.ts';
import { readHeader } from './program-header.ts';
import { readPrograms } from './programs.ts';
import { readTestReport } from './read-test-report.ts';

const line = (record: unknown): string => `\n#truth ${JSON.stringify(record)}\n`;

describe('a report of tests', () => {
  it('is read between what tests write', () => {
    const text = `noise${line({ begin: 'a' })}more${line({ test: 'a', outcome: 'passed', text: '' })}#truth {`;
    expect(readTestReport(text)).toEqual({
      tests: { a: { outcome: 'passed' } },
      begun: undefined,
      isWhole: false,
    });
  });

  it('tells the test that ended the process', () => {
    const text = line({ test: 'a', outcome: 'skipped', text: 'why' }) + line({ begin: 'b' });
    expect(readTestReport(text)).toMatchObject({ tests: { a: { text: 'why' } }, begun: 'b', isWhole: false });
    expect(readTestReport(line({ ended: 'm', seconds: 1 })).isWhole).toBe(true);
  });

  it('counts the worse of two tests of one name', () => {
    const [passed, failed] = ['passed', 'failed'].map((outcome) => line({ test: 'a', outcome, text: '' }));
    for (const text of [`${passed}${failed}`, `${failed}${passed}`])
      expect(readTestReport(text).tests['a']?.outcome).toBe('failed');
  });
});

describe('an ending', () => {
  const trace = `Traceback (most recent call last):
  File "script.py", line 1, in <module>
    asyncio.run(main())
  File "/usr/local/lib/python3.11/asyncio/runners.py", line 190, in run
    return runner.run(main)
           ^^^^^^^^^^^^^^^^
  File "<frozen os>", line 5, in makedirs
  File "script.py", line 2, in main
    1/0
ZeroDivisionError: division by zero
`;

  it('has the frames of the script, as an answer has', () => {
    expect(dropForeignFrames(trace)).toBe(`Traceback (most recent call last):
  File "script.py", line 1, in <module>
    asyncio.run(main())
  File "script.py", line 2, in main
    1/0
ZeroDivisionError: division by zero
`);
  });

  it('has the places of a jail, and digests of files', () => {
    const ending = {
      ...{ stdout: '/tmp/x/script.py /opt/p/lib', stderr: '', end: 'SIGTERM', folder: '/tmp/x' },
      files: { 'result.json': Buffer.from('[1, 2]'), a: Buffer.from('a') },
    };
    expect(describeEnding(ending, { '/opt/p': '/usr/local' })).toMatchObject({
      stdout: { outcome: 'script.py /usr/local/lib' },
      end: { outcome: 'SIGTERM' },
      result: { outcome: '[1,2]' },
      'file a': { outcome: expect.stringMatching(/^1 bytes, sha256 /) as string },
    });
  });
});

describe('what is given', () => {
  it('is a header of JSON on the first line', () => {
    expect(readHeader('# truth: {"args": ["a"]}\nx')).toMatchObject({ args: ['a'], mode: 'script' });
    expect(readHeader('import os\n')).toMatchObject({ args: [], stdin: '' });
    expect(() => readHeader('// truth: {"arg": 1}\n')).toThrow(/arg/);
  });

  it('is a program for each variant, with one more argument', async () => {
    const programs = await readPrograms('programs');
    const methods = ['fork', 'forkserver', 'spawn'];
    expect(methods.map((method) => programs.get(`processes_${method}`)?.args)).toEqual(
      methods.map((method) => [method]),
    );
    expect(programs.has('processes')).toBe(false);
  });

  it('is a list of expectations that keeps its form', () => {
    expect(() => readExpectations()).not.toThrow();
  });

  it('is refused where it means nothing', () => {
    expect(parseOptions(['--help'])).toBeUndefined();
    expect(parseOptions(['--part', 'cpython', '--jobs', '2'])).toMatchObject({ parts: ['cpython'], jobs: 2 });
    for (const wrong of [
      ['--part', 'x'],
      ['--jobs', '0'],
      ['--write', '--module', 'x'],
    ])
      expect(() => parseOptions(wrong)).toThrow();
  });
});
