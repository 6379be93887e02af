import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../core/contract/outcome.ts';
import { createTestApp, fakeExecutor, succeed } from './app.test-support.ts';
import { listen, type Listening } from './listen.ts';

/*
 * One process serves all callers, so a large body or answer must not delay others. Measures the CPU time of one turn
 * of the event loop, client included, which a busy machine does not lengthen. In one go, the smallest of these would
 * exceed the bound.
 */

const MiB = 1024 * 1024;
const MOST_TURN_MS = 250;

let door: Listening;
let outcome: Outcome = succeed('null');

beforeAll(async () => {
  const app = createTestApp({
    executor: fakeExecutor({ execute: async () => outcome }),
    caps: { bodyBytes: 32 * MiB, scriptBytes: MiB },
  });
  door = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterAll(() => door.close());

/** Returns the status and size of an answer, and the CPU time of the longest turn of the event loop meanwhile. */
async function execute(body: Uint8Array<ArrayBuffer>, accept = '*/*') {
  const turns = watchTurns();
  const headers = { 'Content-Type': 'application/json', Accept: accept, Connection: 'close' };
  const response = await fetch(`${door.address.url}/execute`, { method: 'POST', headers, body });
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.length;
  const length = Number(response.headers.get('content-length'));
  return { status: response.status, bytes, length, longestTurnMs: await turns.longestMs() };
}

function watchTurns(): { readonly longestMs: () => Promise<number> } {
  const over = new AbortController();
  const watch = async (): Promise<number> => {
    let longest = 0;
    for (let before = process.threadCpuUsage(); !over.signal.aborted; before = process.threadCpuUsage()) {
      await nextTurn();
      const { user, system } = process.threadCpuUsage(before);
      longest = Math.max(longest, user + system);
    }
    return longest / 1000;
  };
  const watched = watch();
  return {
    longestMs: () => {
      over.abort();
      return watched;
    },
  };
}

const toBytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

describe('a large body', () => {
  it.each([
    [
      'two million numbers that JavaScript would not keep',
      200,
      `{"script":"x","args":[${'5.0,'.repeat(2e6)}1]}`,
    ],
    [
      'arguments nested millions deep',
      400,
      `{"script":"x","args":${'['.repeat(10 * MiB)}${']'.repeat(10 * MiB)}}`,
    ],
    ['ten megabytes of stdin', 200, JSON.stringify({ script: 'x', stdin: 'é\n'.repeat(5 * MiB) })],
    [
      'half a million unknown fields',
      400,
      `{${Array.from({ length: 5e5 }, (_, at) => `"a${at}":1`).join()}}`,
    ],
    ['one long string', 200, `{"script":"x","kwargs":{"a":"${'a'.repeat(30 * MiB)}"}}`],
  ])('with %s holds up nobody', { timeout: 60_000 }, async (_, expected, text) => {
    const { status, longestTurnMs } = await execute(toBytes(text));
    expect(status).toBe(expected);
    expect(longestTurnMs).toBeLessThan(MOST_TURN_MS);
  });
});

describe('a large answer', () => {
  it.each([
    ['output', { stdout: '\u0001"é'.repeat(4 * MiB), stderr: '😀\n'.repeat(4 * MiB) }],
    ['result', { result: JSON.stringify(Array.from({ length: 2e6 }, (_, at) => at)) as never }],
  ])('with %s holds up nobody', { timeout: 60_000 }, async (_, parts) => {
    outcome = { ...succeed('null'), ...parts };
    const { status, bytes, length, longestTurnMs } = await execute(toBytes('{"script":"x"}'));
    expect(status).toBe(200);
    expect(bytes).toBe(length);
    expect(longestTurnMs).toBeLessThan(MOST_TURN_MS);
    const streamed = await execute(toBytes('{"script":"x"}'), 'text/event-stream');
    expect(streamed.bytes).toBe('event: done\ndata: \n\n'.length + bytes);
    expect(streamed.longestTurnMs).toBeLessThan(MOST_TURN_MS);
  });
});
