import { parseErrorReport } from '../../../../src/core/contract/harness-report.ts';
import { createFileCollector } from '../../../../src/sandbox/nsjail/run/file-collector.ts';
import {
  createFrameReader,
  type HarnessFrame,
} from '../../../../src/sandbox/nsjail/protocol/frame-reader.ts';
import { must, type Target } from '../target.ts';

const RESULT_BYTES = 4096;
const caps = { resultBytes: RESULT_BYTES, filesBytes: 16_384, files: 5 };

/** Frames of a jail on the channel of its report. */
export const frames: Target = {
  name: 'frames',
  words: [
    ...[
      'y\0\0\0\x0a',
      'r\0\0\0\x02{}',
      'e\0\0\0\x10',
      'f\0\0\0\0',
      'n\0\0\0\x0b\0\0\0\0\0\0\0\x01a.b',
      'd\0\0\0\x01x',
    ],
    ...[
      'o\0\0\0\x36{"omitted":[],"omitted_total":0,"complete":true}',
      'p\0\0\0\x08',
      'b\0\0\0\x01',
      'u\0\0\0\x18',
      '\xff\xff\xff\xff',
    ],
    ...[
      '{"kind":"exited","code":1}',
      '{"kind":"runtime_error","type":"A","message":"b"}',
      '\0\0\0\0',
      '\x89PNG\r\n\x1a\n',
    ],
  ],
  budget: { fixed: 100, perKiB: 10 },
  open: () => ({
    run: async (input) => {
      const whole = read([input]);
      // The pieces in which the bytes come make no difference.
      const size = 1 + (input[0] ?? 0);
      const pieces = Array.from({ length: Math.ceil(input.length / size) }, (_, at) =>
        input.subarray(at * size, (at + 1) * size),
      );
      must(JSON.stringify(read(pieces)) === JSON.stringify(whole), 'pieces are read as something else');
      await collect(whole.frames);
    },
  }),
};

function read(chunks: readonly Buffer[]): { frames: HarnessFrame[]; ends: string[] } {
  const seen: HarnessFrame[] = [];
  const ends: string[] = [];
  const reader = createFrameReader(RESULT_BYTES, {
    productBytes: () => 100,
    onFrame: ({ name, payload }) => seen.push({ name, payload: Buffer.from(payload) }),
    onBreach: (detail) => ends.push(detail),
    onOversizedResult: (bytes) => ends.push(String(bytes)),
  });
  for (const chunk of chunks) reader.push(chunk);
  must(ends.length <= 1, 'a reader ended twice');
  return { frames: seen, ends };
}

async function collect(seen: readonly HarnessFrame[]): Promise<void> {
  const collector = createFileCollector(['**'], true, caps);
  for (const { name, payload } of seen) {
    if (name === 'error') parseErrorReport(payload.toString('utf8'));
    if (name === 'file' || name === 'figure' || name === 'data' || name === 'files_end')
      collector.push(name, payload);
  }
  const { files, omitted } = collector.finish();
  await collector.ended;
  must(files.length <= caps.files, 'too many files');
  must(files.reduce((sum, { bytes }) => sum + bytes.length, 0) <= caps.filesBytes, 'too many bytes of files');
  must(new Set(files.map(({ path }) => path)).size === files.length, 'a file came twice');
  must(omitted.length <= 100, 'too many are listed');
}
