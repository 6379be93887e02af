import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, startService, type TestService } from './support/service.ts';
import { FIRST_USE_MS, warmUp } from './support/warm-up.ts';

/*
 * Text of scripts and callers that costs its readers most: the service answers others meanwhile. Measured is the CPU time
 * of the longest turn of the event loop, which a busy machine does not lengthen.
 */

const MOST_TURN_MS = 700;
const KiB = 1024;

let service: TestService;
beforeAll(async () => {
  service = await startService({ BRIG_BUILDS: 'wheels' });
  await warmUp(service, 'node', 'bun');
}, FIRST_USE_MS);
afterAll(() => service.close());

/** Does something while `GET /live` is asked again and again; gives its answer and the longest turn meanwhile. */
async function beside<Answer>(work: () => Promise<Answer>): Promise<{ answer: Answer; longestMs: number }> {
  const over = new AbortController();
  let longest = 0;
  const watch = async (): Promise<void> => {
    for (let before = process.threadCpuUsage(); !over.signal.aborted; before = process.threadCpuUsage()) {
      await nextTurn();
      const { user, system } = process.threadCpuUsage(before);
      longest = Math.max(longest, user + system);
    }
  };
  const ask = async (): Promise<void> => {
    while (!over.signal.aborted) expect((await send(`${service.url}/live`)).status).toBe(200);
  };
  const watched = Promise.all([watch(), ask()]);
  try {
    return { answer: await work(), longestMs: longest / 1000 };
  } finally {
    over.abort();
    await watched;
  }
}

const names = 30;
const circles = Array.from(
  { length: names },
  (_, index) =>
    `a${index} = ${Array.from({ length: names }, (_one, step) => `a${(index + step) % names}`).join(' or ')}\n`,
);

/** Says that it has a result, then files of names that only long comparisons tell from what was asked for. */
const forging = `
import os, struct

def main():
    frame = lambda tag, payload: tag + struct.pack(">I", len(payload)) + payload
    folder = ("a" * 250 + "/") * 4
    files = b"".join(frame(b"n", bytes(8) + (folder + str(n)).encode()) for n in range(100))
    os.write(4, frame(b"r", b"null") + files)
`;

describe('a script', () => {
  it.each<[what: string, status: number, request: object]>([
    [
      'whose last words look like those of Bun',
      200,
      {
        runtime: 'bun',
        mode: 'script',
        script: `process.stderr.write('\\nBun v' + '1.'.repeat(${32 * KiB})); process.exit(1);`,
      },
    ],
    [
      'whose last words look like a thousand errors',
      200,
      {
        runtime: 'node',
        mode: 'script',
        script: `process.stderr.write('A: a\\n'.repeat(${20 * KiB}) + '\\nNode.js v24\\n'); process.exit(1);`,
      },
    ],
    [
      'that raises what looks like many complaints',
      200,
      { script: `def main():\n    raise TypeError("unsupported operand type" * ${10 * KiB})` },
    ],
    [
      'whose names go in circles',
      200,
      { script: `${circles.join('')}a0()\ndef main(): pass`, policy: { mode: 'report' } },
    ],
    [
      'that forges files',
      200,
      {
        script: forging,
        return_files: Array.from({ length: 100 }, (_, at) => `**/${'*a'.repeat(100)}*b${at}`),
      },
    ],
  ])('%s holds up nobody', { timeout: 120_000 }, async (_, status, request) => {
    const { answer, longestMs } = await beside(() => service.execute(request));
    expect(answer.status).toBe(status);
    expect(longestMs).toBeLessThan(MOST_TURN_MS);
  });
});

describe('a body', () => {
  it.each<[what: string, path: string, body: object]>([
    [
      'with a requirement of spaces',
      '/environments',
      { name: 'a', requirements: `six${' '.repeat(200 * KiB)}x` },
    ],
    [
      'with a requirement of tabs and hashes',
      '/environments',
      { name: 'a', requirements: `six${'\t#'.repeat(100 * KiB)}\n#` },
    ],
    [
      'with a lock of dashes',
      '/environments',
      {
        name: 'a',
        runtime: 'node',
        lock: JSON.stringify({
          lockfileVersion: 3,
          packages: {
            '': {},
            'node_modules/a': { version: '1.0.0', resolved: `http://a${'/-/:'.repeat(50 * KiB)}` },
          },
        }),
      },
    ],
    [
      'with thousands of faults',
      '/dialects/quartermaster/run',
      { code: '1', files: Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`a${at}`, 1])) },
    ],
    [
      'with a number of digits',
      '/dialects/code-executor/execute',
      { code: '1', timeout: '1'.repeat(200 * KiB) },
    ],
  ])('%s holds up nobody', { timeout: 120_000 }, async (_, path, body) => {
    const { answer, longestMs } = await beside(() => send(`${service.url}${path}`, JSON.stringify(body)));
    expect([400, 422]).toContain(answer.status);
    expect(longestMs).toBeLessThan(MOST_TURN_MS);
  });
});
