import { describe, expect, it } from 'vitest';
import { MAX_DATA_BYTES } from '../protocol/messages.ts';
import { createFileCollector } from './file-collector.ts';

const caps = { resultBytes: 1000, filesBytes: 3 * MAX_DATA_BYTES, files: 3 };
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2]);

/** Returns the head of a file, which a jail sends before its bytes. */
function head(path: string | Buffer, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(size));
  return Buffer.concat([bytes, Buffer.from(path as string)]);
}

function open({ takesFigures = true, patterns = ['*'] } = {}) {
  const collector = createFileCollector(patterns, takesFigures, caps);
  const send = (path: string | Buffer, content: Buffer, size = content.length): void => {
    collector.push('file', head(path, size));
    if (content.length > 0) collector.push('data', content);
  };
  const finish = (summary: object = { omitted: [], omitted_total: 0, complete: true }) => {
    collector.push('files_end', Buffer.from(JSON.stringify(summary)));
    return collector.finish();
  };
  return { collector, send, finish };
}

const pathsOf = ({ files }: { files: readonly { path: string }[] }): string[] =>
  files.map(({ path }) => path);

describe('files that a jail sends', () => {
  it('come with what they are, text or not', async () => {
    const { collector, send, finish } = open();
    send('a.txt', Buffer.from('é'));
    send('b.bin', Buffer.from([0xff, 0]));
    send('empty', Buffer.alloc(0));
    const { files, ...rest } = finish();
    await collector.ended;
    expect(files.map(({ path, encoding, media_type: type }) => [path, encoding, type])).toEqual([
      ['a.txt', 'utf8', 'text/plain'],
      ['b.bin', 'base64', 'application/octet-stream'],
      ['empty', 'utf8', 'text/plain'],
    ]);
    expect(rest).toEqual({ omitted: [], omittedTotal: 0, complete: true });
  });

  it('come in full frames and a last one, or shorter than they were said to be', () => {
    const { collector, send, finish } = open();
    const long = Buffer.alloc(MAX_DATA_BYTES + 1, 'x');
    collector.push('file', head('long', long.length));
    collector.push('data', long.subarray(0, MAX_DATA_BYTES));
    collector.push('data', long.subarray(MAX_DATA_BYTES));
    send('short', Buffer.from('ab'), 5);
    const { files } = finish();
    expect(files.map(({ path, bytes }) => [path, bytes.length])).toEqual([
      ['long', long.length],
      ['short', 2],
    ]);
  });

  it('are figures where they are PNG, and where figures are taken', () => {
    const drawn = open();
    drawn.collector.push('figure', head('figure-1.png', PNG.length));
    drawn.collector.push('data', PNG);
    expect(drawn.finish().files).toMatchObject([{ path: 'figure-1.png', figure: true }]);
    const forged = open();
    forged.collector.push('figure', head('figure-1.png', 2));
    forged.collector.push('data', Buffer.from('no'));
    expect(forged.finish()).toMatchObject({ files: [], complete: false });
    const unwanted = open({ takesFigures: false });
    unwanted.collector.push('figure', head('figure-1.png', PNG.length));
    expect(unwanted.finish()).toMatchObject({ files: [], complete: false });
  });

  it('are what is whole so far where it is abandoned', async () => {
    const { collector, send, finish } = open();
    send('whole', Buffer.from('ab'));
    send('begun', Buffer.from('ab'), 3);
    collector.abandon();
    await collector.ended;
    expect(pathsOf(finish())).toEqual(['whole']);
    expect(finish().complete).toBe(false);
  });
});

describe('a jail that lies', () => {
  const good = Buffer.from('ab');
  it.each([
    ['a head without a size', 'file', Buffer.from('short')],
    ['a file larger than what is left', 'file', head('big', caps.filesBytes)],
    ['a path outside', 'file', head('../x', 1)],
    ['a path twice', 'file', head('first', 1)],
    ['a path that is no text', 'file', head(Buffer.from([0xff]), 1)],
    ['bytes of no file', 'data', good],
    ['a summary that is none', 'files_end', Buffer.from('{')],
  ] as const)('is read no further after %s', async (_what, tag, payload) => {
    const { collector, send, finish } = open();
    send('first', good);
    collector.push(tag, payload);
    await collector.ended;
    send('later', good);
    expect(pathsOf(finish())).toEqual(['first']);
    expect(finish().complete).toBe(false);
  });

  it.each([
    ['none', ['']],
    ['more than it announced', ['abcd']],
    ['more after a frame that was the last', ['a', 'b']],
  ])('is read no further where bytes of a file are %s', (_what, frames) => {
    const { collector, finish } = open();
    collector.push('file', head('a', 3));
    for (const frame of frames) collector.push('data', Buffer.from(frame));
    expect(finish()).toMatchObject({ files: [], complete: false });
  });

  it('sends no more files than there may be, and none that was not asked for', () => {
    const { send, finish } = open();
    for (const path of ['a', 'b', 'c', 'd']) send(path, good);
    expect(pathsOf(finish())).toEqual(['a', 'b', 'c']);
    const other = open({ patterns: ['*.txt'] });
    other.send('a.py', good);
    expect(pathsOf(other.finish())).toEqual([]);
  });
});
