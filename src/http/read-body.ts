import type { Context } from 'hono';
import { Refusal } from '../core/contract/refusal.ts';
import type { AppEnv } from './app-env.ts';
import { SMALL_BODY } from './body-size.ts';

/** Returns the refusal (415) of a media type; undefined for JSON in UTF-8. */
export function complainAboutMediaType(c: Context<AppEnv>): Refusal | undefined {
  const type = c.req.header('content-type');
  const encoding = c.req.header('content-encoding')?.trim().toLowerCase() ?? 'identity';
  const suggestions = ['Send the header Content-Type: application/json.'];
  if (type === undefined) {
    return new Refusal('invalid_input', 'The request has no Content-Type.', { suggestions });
  }
  const [media = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  if (media !== 'application/json') {
    return new Refusal('invalid_input', 'The Content-Type must be application/json.', { suggestions });
  }
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    return new Refusal('invalid_input', 'The body must be UTF-8.', { suggestions });
  }
  if (encoding !== 'identity') {
    return new Refusal('invalid_input', 'A compressed body is not read.', {
      suggestions: ['Send the body without Content-Encoding.'],
    });
  }
  return undefined;
}

/**
 * Reads a body of at most `maxBytes`, within the byte budget. Checks and takes a declared length before reading;
 * counts any other body as it comes.
 *
 * @throws Refusal `payload_too_large`; `overloaded` when there is no room in time; `invalid_input` when it is cut
 * off; otherwise the reason of the caller's signal.
 */
export async function readBody(c: Context<AppEnv>, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const header = c.req.header('content-length');
  const isChunked = c.req.header('transfer-encoding') !== undefined;
  const declared = header === undefined || isChunked ? undefined : Number(header);
  if (declared !== undefined && declared > maxBytes) throw tooLarge(maxBytes);
  const take = async (bytes: number): Promise<void> => c.get('hold')?.take(bytes, c.get('disconnect'));
  if (declared !== undefined) await take(declared);
  try {
    if (declared !== undefined && declared <= SMALL_BODY) return new Uint8Array(await c.req.arrayBuffer());
    const { body } = c.req.raw;
    if (declared !== undefined) return await gather(body, declared, maxBytes);
    return await gather(growInSteps(body, maxBytes, take), maxBytes, maxBytes);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('invalid_input', 'The body ended before it was complete.', { cause: error });
  }
}

/**
 * Copies every chunk into one buffer as it comes: joining 32 MiB at the end would hold up the event loop. The buffer
 * grows with the content, because allocating all of it takes milliseconds, which a two-byte body with a large
 * declared length could cost as well.
 */
async function gather(
  body: AsyncIterable<Uint8Array> | null,
  room: number,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = reserve(Math.min(room, SMALL_BODY));
  let length = 0;
  for await (const chunk of body ?? []) {
    const end = length + chunk.length;
    if (end > room) throw tooLarge(maxBytes);
    if (end > bytes.length) {
      const larger = reserve(Math.min(room, Math.max(2 * bytes.length, end)));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(chunk, length);
    length = end;
  }
  return bytes.subarray(0, length);
}

/** Allocates memory without clearing it; only written bytes are ever used. */
const reserve = (size: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);

/** Takes bytes of the budget for a body without a declared length as it grows, twice as many each time. */
async function* growInSteps(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  take: (bytes: number) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let taken = 0;
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    while (taken < Math.min(length, maxBytes)) {
      const more = Math.min(Math.max(taken, SMALL_BODY), maxBytes - taken);
      await take(more);
      taken += more;
    }
    yield chunk;
  }
}

const tooLarge = (maxBytes: number): Refusal =>
  new Refusal('payload_too_large', `The body is larger than ${maxBytes} bytes.`);
