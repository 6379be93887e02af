import { Hono } from 'hono';
import { expect, it } from 'vitest';
import type { AppEnv } from './app-env.ts';
import { readBody } from './read-body.ts';

const MiB = 1024 * 1024;

/** Returns the length of a body in such chunks, the reserved bytes, and whether each byte is in its place. */
async function read(chunks: readonly Uint8Array[], headers: Record<string, string>): Promise<unknown> {
  const app = new Hono<AppEnv>().post('/', async (c) => {
    const body = await readBody(c, 32 * MiB);
    const isWhole = Buffer.concat(chunks).equals(body);
    return c.json([body.length, body.buffer.byteLength, isWhole]);
  });
  const body = ReadableStream.from(chunks);
  const response = await app.request('/', { method: 'POST', headers, body, duplex: 'half' });
  return response.json();
}

const fill = (size: number, value: number): Uint8Array => new Uint8Array(size).fill(value);
const chunked = { 'transfer-encoding': 'chunked' };

it('reserves for a body what has come of it, and not what it may become', async () => {
  expect(await read([fill(1, 1), fill(1, 2)], chunked)).toEqual([2, 64 * 1024, true]);
  const declared = { 'content-length': String(20 * MiB) };
  expect(await read([fill(2, 1)], declared)).toEqual([2, 64 * 1024, true]);
});

it('gathers bodies of any length and any chunks', async () => {
  const uneven = [fill(70_000, 1), fill(1, 2), fill(200_000, 3), fill(5 * MiB, 4), fill(7, 5)];
  const length = uneven.reduce((sum, chunk) => sum + chunk.length, 0);
  expect(await read(uneven, chunked)).toMatchObject([length, expect.any(Number), true]);
  const declared = { 'content-length': String(length) };
  expect(await read(uneven, declared)).toEqual([length, length, true]);
});
