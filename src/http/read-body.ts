import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { parseLossless } from '../core/validation/lossless-json.ts';
import { Refusal } from '../core/refusal.ts';
import { smallestRequest } from '../core/validation/validate-request.ts';
import type { AppEnv } from './app-env.ts';

const showSmallest = { suggestions: [`The smallest valid request: ${smallestRequest}`] };

/** Why a body of this type is not read (415); undefined where it is JSON in UTF-8. */
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
 * Reads and parses a JSON body of at most `maxBytes`: a declared length is checked before a byte is read, any
 * other body is counted as it comes.
 *
 * @throws Refusal `payload_too_large`, or `invalid_input` where it is cut off, not UTF-8, empty or not JSON.
 */
export async function readJsonBody(c: Context<AppEnv>, maxBytes: number): Promise<unknown> {
  const text = decode(await readBytes(c, maxBytes));
  if (text.trim() === '') throw new Refusal('invalid_input', 'The body is empty.', showSmallest);
  try {
    return parseLossless(text);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new Refusal('invalid_input', 'The body is nested too deeply.', { cause: error });
    }
    if (!(error instanceof SyntaxError)) throw error;
    // V8 names the position where it can, and quotes nothing but the body itself.
    throw new Refusal('invalid_input', `The body is not JSON: ${error.message}.`, showSmallest);
  }
}

async function readBytes(c: Context<AppEnv>, maxBytes: number): Promise<ArrayBuffer> {
  const limit = bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new Refusal('payload_too_large', `The body is larger than ${maxBytes} bytes.`);
    },
  });
  try {
    await limit(c, async () => {});
    return await c.req.arrayBuffer();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('invalid_input', 'The body ended before it was complete.', { cause: error });
  }
}

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Refusal('invalid_input', 'The body is not UTF-8.', { cause });
  }
}
