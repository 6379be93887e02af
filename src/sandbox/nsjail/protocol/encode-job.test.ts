import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareJob, type Job } from '../../sandbox.ts';
import { encodeJob } from './encode-job.ts';
import { frame } from './frame.test-support.ts';

const job: Job = {
  ...bareJob,
  script: 'x',
  entry: { kind: 'function', name: 'main', argsJson: '[5.0]', kwargsJson: '{}' },
  stdin: 'é',
  env: { A: 'b' },
};

const scriptOf = (argsJson = '[]', file?: string) => ({ entry: { kind: 'script', argsJson, file } }) as const;

const SECRET = 'sixteen letters.';
const caps = { resultBytes: 9, files: 3, filesBytes: 99 };

const encode = (parts: Partial<Job>): Uint8Array[] => [
  ...encodeJob({ ...job, ...parts }, { caps, secret: Buffer.from(SECRET), hosts: undefined }),
];
const text = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString('latin1');

describe('encodeJob', () => {
  it('writes a small job as one piece', () => {
    const frames: readonly [tag: string, payload: string][] = [
      ['H', `\0\u0005${SECRET}`],
      ['M', 'function'],
      ['F', 'main'],
      ['S', 'x'],
      ['A', '[5.0]'],
      ['K', '{}'],
      ['E', 'A=b'],
      ['I', 'Ã©'],
      ['C', '9'],
      ['G', ''],
    ];
    const pieces = encode({});
    expect(pieces).toHaveLength(1);
    expect(text(pieces)).toBe(text(frames.map(([tag, payload]) => frame(tag, payload))));
  });

  it('passes long text on without a copy, as a string or as bytes', () => {
    const stdin = new TextEncoder().encode('é'.repeat(1 << 20));
    const pieces = encode({ stdin });
    expect(pieces.some(({ buffer }) => buffer === stdin.buffer)).toBe(true);
    expect(text(pieces)).toBe(text(encode({ stdin: 'é'.repeat(1 << 20) })));
  });

  it('says that nothing is to be run', () => {
    const look = text([frame('L', '1048576')]);
    expect(text(encode({ preflight: { memoryBytes: 1 << 20 } }))).toContain(look);
  });

  it('says which file the script becomes, once', () => {
    expect(text(encode(scriptOf('[]', 'main.py')))).toContain(text([frame('N', 'main.py')]));
    const program = { command: ['/bin/sh'], scriptPath: 'main.js', env: {} } as const;
    const written = text(encode({ ...scriptOf('[]', 'main.py'), program }));
    expect(written).toContain(text([frame('N', 'main.js')]));
    expect(written).not.toContain('main.py');
  });

  it('makes a frame of every argument of a script', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.constantFrom(0, 2), (args, indent) => {
        const written = text(encode(scriptOf(JSON.stringify(args, undefined, indent))));
        const frames = args.map((value) => frame('V', Buffer.from(value).toString('latin1')));
        expect(written).toContain(text([frame('S', 'x'), ...frames, frame('E', 'A=b')]));
      }),
    );
  });

  it('gathers millions of short arguments into pieces', () => {
    const pieces = encode(scriptOf(`[${'"",'.repeat(100_000)}"a"]`));
    expect(pieces.length).toBeLessThan(150);
    expect(text(pieces).split('V\0\0\0\0')).toHaveLength(100_001);
  });
});
