import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareJob, type Job } from '../sandbox.ts';
import { createFrameReader, encodeJob } from './protocol.ts';

function read(chunks: readonly Buffer[], resultBytes = 100): string[] {
  const seen: string[] = [];
  const reader = createFrameReader(resultBytes, {
    onFrame: ({ tag, payload }) => seen.push(`${tag} ${payload.toString('latin1')}`),
    onBreach: (detail) => seen.push(`breach: ${detail}`),
    onOversizedResult: (bytes) => seen.push(`oversized: ${bytes}`),
  });
  for (const chunk of chunks) reader.push(chunk);
  return seen;
}

function frame(tag: string, payload: string, length = payload.length): Buffer {
  const header = Buffer.alloc(5);
  header.write(tag, 'latin1');
  header.writeUInt32BE(length, 1);
  return Buffer.concat([header, Buffer.from(payload, 'latin1')]);
}

describe('createFrameReader', () => {
  it('reads frames however they are cut', () => {
    const bytes = Buffer.concat([frame('y', '3.11.7'), frame('r', '{"a":1}'), frame('e', '')]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
        expect(read(chunks)).toEqual(['ready 3.11.7', 'result {"a":1}', 'error ']);
      }),
    );
  });

  it.each([
    ['an unknown tag', frame('z', ''), ['breach: an unknown frame']],
    ['a greeting of a megabyte', frame('y', '', 1 << 20), ['breach: an oversized frame']],
    ['an error of four gigabytes', frame('e', '', 0xffffffff), ['breach: an oversized frame']],
    ['a result over its cap', frame('r', '', 101), ['oversized: 101']],
    ['half a header', Buffer.from('r\0'), []],
    ['half a payload', frame('r', '12', 10), []],
  ])('does not believe %s', (_, bytes, expected) => {
    expect(read([bytes])).toEqual(expected);
  });

  it('keeps no chunk: its memory may be used again', () => {
    const seen: string[] = [];
    const reader = createFrameReader(100, {
      onFrame: ({ payload }) => seen.push(payload.toString()),
      onBreach: (detail) => seen.push(detail),
      onOversizedResult: () => undefined,
    });
    const scratch = Buffer.alloc(1);
    for (const byte of Buffer.concat([frame('r', '"abcdef"'), frame('e', '{}')])) {
      scratch[0] = byte;
      reader.push(scratch);
    }
    expect(seen).toEqual(['"abcdef"', '{}']);
  });

  it('reads nothing after a breach', () => {
    expect(read([frame('z', ''), frame('r', '1')])).toEqual(['breach: an unknown frame']);
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        (chunks) => void read(chunks.map((c) => Buffer.from(c))),
      ),
    );
  });
});

const job: Job = {
  ...bareJob,
  script: 'x',
  entry: { kind: 'function', name: 'main', argsJson: '[5.0]', kwargsJson: '{}' },
  stdin: 'é',
  env: { A: 'b' },
};

const scriptOf = (argsJson = '[]', file?: string) => ({ entry: { kind: 'script', argsJson, file } }) as const;

const encode = (parts: Partial<Job>): Uint8Array[] => [
  ...encodeJob({ ...job, ...parts }, { resultBytes: 9, files: 3, filesBytes: 99 }),
];
const text = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString('latin1');

describe('encodeJob', () => {
  it('writes a small job as one piece', () => {
    const frames = [
      'm',
      'function',
      'f',
      'main',
      's',
      'x',
      'a',
      '[5.0]',
      'k',
      '{}',
      'e',
      'A=b',
      'i',
      'Ã©',
      'c',
      '9',
    ];
    const expected = [];
    for (let at = 0; at < frames.length; at += 2)
      expected.push(frame(frames[at] ?? '', frames[at + 1] ?? ''));
    const pieces = encode({});
    expect(pieces).toHaveLength(1);
    expect(text(pieces)).toBe(text([...expected, frame('g', '')]));
  });

  it('passes long text on without a copy, as a string or as bytes', () => {
    const stdin = new TextEncoder().encode('é'.repeat(1 << 20));
    const pieces = encode({ stdin });
    expect(pieces.some(({ buffer }) => buffer === stdin.buffer)).toBe(true);
    expect(text(pieces)).toBe(text(encode({ stdin: 'é'.repeat(1 << 20) })));
  });

  it('says that nothing is to be run', () => {
    const look = text([frame('l', '1048576')]);
    expect(text(encode({ preflight: { memoryBytes: 1 << 20 } }))).toContain(look);
  });

  it('says which file the script becomes, once', () => {
    expect(text(encode(scriptOf('[]', 'main.py')))).toContain(text([frame('n', 'main.py')]));
    const program = { command: ['/bin/sh'], scriptPath: 'main.js', env: {} } as const;
    const written = text(encode({ ...scriptOf('[]', 'main.py'), program }));
    expect(written).toContain(text([frame('n', 'main.js')]));
    expect(written).not.toContain('main.py');
  });

  it('makes a frame of every argument of a script', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.constantFrom(0, 2), (args, indent) => {
        const written = text(encode(scriptOf(JSON.stringify(args, undefined, indent))));
        const frames = args.map((value) => frame('v', Buffer.from(value).toString('latin1')));
        expect(written).toContain(text([frame('s', 'x'), ...frames, frame('e', 'A=b')]));
      }),
    );
  });

  it('gathers millions of short arguments into pieces', () => {
    const pieces = encode(scriptOf(`[${'"",'.repeat(100_000)}"a"]`));
    expect(pieces.length).toBeLessThan(150);
    expect(text(pieces).split('v\0\0\0\0')).toHaveLength(100_001);
  });
});
