import { describe, expect, it } from 'vitest';
import { toImageUrl } from './files.ts';
import { readJson } from './read-json.ts';
import { tabulate } from './tabulate.ts';
import { createTranscript } from './transcript.ts';

describe('a table', () => {
  it('is made of a list of flat objects, whichever fields each has', () => {
    expect(
      tabulate([
        { a: 1, b: null },
        { c: 'x', a: true },
      ]),
    ).toEqual({
      columns: ['a', 'b', 'c'],
      rows: [
        ['1', 'null', ''],
        ['true', '', 'x'],
      ],
      more: 0,
    });
  });

  it('shows at most 200 rows', () => {
    const table = tabulate(Array.from({ length: 1000 }, (_, n) => ({ n })));
    expect(table?.rows).toHaveLength(200);
    expect(table?.more).toBe(800);
  });

  it.each([[[]], [[1]], [[{}]], [[{ a: [] }]], [[null]], [{ a: 1 }], ['text'], [null]])(
    'is not made of %j',
    (value) => {
      expect(tabulate(value)).toBeUndefined();
    },
  );

  it('keeps the digits of large integers', () => {
    expect(tabulate(readJson('[{"id": 12345678901234567890}]'))?.rows).toEqual([['12345678901234567890']]);
  });
});

describe('a large number', () => {
  it('keeps its digits where the browser can', () => {
    expect(JSON.stringify(readJson('{"a": [12345678901234567890, 1.5, 7]}'))).toBe(
      '{"a":[12345678901234567890,1.5,7]}',
    );
  });
});

/** Shows each text at once. */
const createNow = () => createTranscript((show) => show());

describe('the transcript', () => {
  it('joins what one stream wrote', () => {
    const transcript = createNow();
    for (const text of ['a', 'b']) transcript.add('stdout', text);
    transcript.add('stderr', 'c');
    expect(transcript.chunks.value).toEqual([
      { stream: 'stdout', text: 'ab' },
      { stream: 'stderr', text: 'c' },
    ]);
  });

  it('shows the end of a flood, and says how much is missing', () => {
    const transcript = createNow();
    transcript.add('stderr', 'begin');
    for (let n = 0; n < 20; n += 1) transcript.add('stdout', 'x'.repeat(50_000));
    const shown = transcript.chunks.value.reduce((sum, { text }) => sum + text.length, 0);
    expect(shown).toBe(400_000);
    expect(shown + transcript.dropped.value).toBe(1_000_005);
  });

  it('shows once for all that came before a frame', () => {
    const frames: (() => void)[] = [];
    const transcript = createTranscript((show) => frames.push(show));
    for (let n = 0; n < 10; n += 1) transcript.add('stdout', 'x');
    expect(frames).toHaveLength(1);
    frames[0]?.();
    expect(transcript.chunks.value).toEqual([{ stream: 'stdout', text: 'xxxxxxxxxx' }]);
  });
});

describe('a returned file', () => {
  const file = { path: 'a', size: 1, content: 'YQ==', encoding: 'base64' } as const;

  it.each(['image/png', 'image/svg+xml'])('is a picture from data: %s', (type) => {
    expect(toImageUrl({ ...file, media_type: type })).toBe(`data:${type};base64,YQ==`);
  });

  it.each(['text/html', 'image/svg+xml;evil', 'application/pdf', 'IMAGE/PNG '])('is none: %s', (type) => {
    expect(toImageUrl({ ...file, media_type: type })).toBeUndefined();
  });
});
