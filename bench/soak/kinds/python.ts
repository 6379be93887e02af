import { checkAnswer, findDifferences, toKind } from '../check.ts';
import type { Kind, SoakAnswer } from '../kind.ts';

const FILE_BYTES = 500_000;
const MEGABYTE = 1_000_000;

const trivial: Kind = {
  name: 'trivial',
  weight: 30,
  run: async ({ index, send }) => {
    const body = { script: 'def main(n):\n    print(n)\n    return n * 2', args: [index] };
    return checkAnswer(await send({ body }), { success: true, result: index * 2, stdout: `${index}\n` });
  },
};

/** A file in, the same one out, its bytes turned round. */
const files: Kind = {
  name: 'files in and out',
  weight: 3,
  run: async ({ random, send }) => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, () => Math.floor(random() * 256)));
    const content = Buffer.alloc(FILE_BYTES, bytes);
    const answer = await send({
      body: {
        script:
          "def main():\n    data = open('in/data.bin', 'rb').read()\n    open('out.bin', 'wb').write(data[::-1])\n    return len(data)",
        files: [{ path: 'in/data.bin', content: content.toString('base64'), encoding: 'base64' }],
        return_files: ['*.bin'],
      },
    });
    const wrong = checkAnswer(answer, { success: true, result: FILE_BYTES });
    const [file] = answer.body.files ?? [];
    const isRight = file !== undefined && Buffer.from(file.content, 'base64').equals(content.toReversed());
    return isRight ? wrong : [...wrong, { file: file?.path ?? 'none' }];
  },
};

interface StreamedEvent {
  readonly event: string;
  readonly data: { readonly text?: string; readonly result?: unknown; readonly success?: boolean };
}

export function readStreamedEvents({ text }: SoakAnswer): readonly StreamedEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('event: '))
    .map((block) => {
      const [event = '', ...data] = block.split('\n');
      const json = data.map((line) => line.slice('data: '.length)).join('\n');
      return { event: event.slice('event: '.length), data: JSON.parse(json) as StreamedEvent['data'] };
    });
}

const stream: Kind = {
  name: 'stream',
  weight: 3,
  run: async ({ index, send }) => {
    const answer = await send({
      body: {
        script:
          'import time\ndef main(n):\n    for i in range(20):\n        print(n, i, flush=True)\n        time.sleep(0.01)\n    return n',
        args: [index],
      },
      headers: { accept: 'text/event-stream' },
    });
    const events = readStreamedEvents(answer);
    const stdout = events
      .filter(({ event }) => event === 'stdout')
      .map(({ data }) => data.text ?? '')
      .join('');
    const last = events.at(-1);
    return findDifferences(
      {
        status: answer.status,
        stdout,
        last: last?.event,
        success: last?.data.success,
        result: last?.data.result,
      },
      {
        status: 200,
        stdout: Array.from({ length: 20 }, (_, line) => `${index} ${line}\n`).join(''),
        last: 'done',
        success: true,
        result: index,
      },
    );
  },
};

/** The same key again has the first outcome, though the script gives another one each time. */
const repeated: Kind = {
  name: 'idempotency key',
  weight: 2,
  run: async ({ index, random, send }) => {
    const headers = { 'idempotency-key': `soak-${index}-${random()}` };
    const request = { body: { script: 'import os\ndef main(): return os.urandom(8).hex()' }, headers };
    const [first, again] = [await send(request), await send(request)];
    return [
      ...checkAnswer(first, { success: true }),
      ...(first.text === again.text && again.headers['idempotent-replayed'] === 'true'
        ? []
        : [{ first: first.text.slice(0, 300), again: again.text.slice(0, 300) }]),
    ];
  },
};

const plain: readonly Kind[] = [
  toKind({
    name: 'big output',
    request: {
      body: {
        script: `def main():\n    print('x' * ${MEGABYTE - 1})\n    return 'y' * ${MEGABYTE}`,
        limits: { output_bytes: 2 * MEGABYTE },
      },
    },
    wanted: { success: true, stdout: `${'x'.repeat(MEGABYTE - 1)}\n`, result: 'y'.repeat(MEGABYTE) },
  }),
  toKind({
    name: 'processes',
    request: {
      body: {
        script:
          'import multiprocessing\ndef square(n): return n * n\ndef main():\n    with multiprocessing.Pool(3) as pool:\n        return pool.map(square, range(5))',
      },
    },
    wanted: { success: true, result: [0, 1, 4, 9, 16] },
  }),
  toKind({
    name: 'children that are left behind',
    request: {
      body: {
        script:
          'import os, time\ndef main():\n    for _ in range(5):\n        if os.fork() == 0:\n            os.setsid()\n            time.sleep(60)\n    return "left"',
      },
    },
    wanted: { success: true, result: 'left' },
  }),
  toKind({
    name: 'validate_only',
    weight: 2,
    request: {
      body: { script: 'import json\ndef main(a, b=2):\n    return a', args: [1], validate_only: true },
    },
    wanted: { success: true },
  }),
  toKind({
    name: 'validate_only of what would fail',
    request: { body: { script: 'def main(a):\n    return a', validate_only: true } },
    wanted: { success: false },
  }),
  toKind({
    name: 'a disk of its own',
    request: {
      body: {
        script: "def main():\n    open('f', 'wb').write(bytes(20_000_000))\n    return 1",
        limits: { disk_mb: 32 },
      },
    },
    wanted: { success: true, result: 1 },
  }),
];

const packages: readonly Kind[] = [
  toKind({
    name: 'numpy',
    weight: 4,
    needs: ['packages'],
    request: { body: { script: 'import numpy\ndef main():\n    return int(numpy.arange(1000).sum())' } },
    wanted: { success: true, result: 499_500 },
  }),
  toKind({
    name: 'pandas',
    weight: 2,
    needs: ['packages'],
    request: {
      body: {
        script:
          "import io, sys\nimport pandas\ndef main():\n    table = pandas.read_csv(io.StringIO(sys.stdin.read()))\n    return table.groupby('k').v.sum().to_dict()",
        stdin: `k,v\n${Array.from({ length: 300 }, (_, row) => `${row % 3},${row}`).join('\n')}\n`,
      },
    },
    wanted: { success: true, result: { 0: 14_850, 1: 14_950, 2: 15_050 } },
  }),
  toKind({
    name: 'figure',
    needs: ['packages'],
    request: {
      body: {
        script: 'import matplotlib.pyplot as plt\ndef main():\n    plt.plot([1, 4, 9])\n    return "drawn"',
      },
    },
    wanted: { success: true, result: 'drawn', files: [{ path: 'figure-1.png', media_type: 'image/png' }] },
  }),
];

export const pythonKinds: readonly Kind[] = [trivial, files, stream, repeated, ...plain, ...packages];
