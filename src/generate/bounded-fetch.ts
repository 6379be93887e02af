/** What of a request goes out beside our key: nothing about this machine, nothing that a variable of the environment adds. */
const sentHeaders = ['accept', 'content-type', 'user-agent'];
/** What of an answer counts. */
const keptHeaders = ['content-type', 'retry-after'];
const bodiless = new Set([204, 205, 304]);

export interface BoundedFetchOptions {
  /** The one key that is sent: the library would take another from the environment. */
  readonly apiKey: string;
  readonly maxBytes: number;
  /** Called before anything is sent; what it throws ends the call. */
  readonly onSend: () => void;
  /** Called with each answer that is no success; whether waiting for another try has a point. */
  readonly onFailure: (failure: { status: number; retryAfter: number | undefined; text: string }) => boolean;
  /** Called where no answer came, or not all of it. */
  readonly onError: (error: unknown) => void;
  /** Called where an answer is too large. */
  readonly onExcess: () => void;
}

/**
 * A `fetch` that reads no more than `maxBytes`, the whole answer or nothing, and follows no redirect: our key goes to
 * the host it is meant for.
 */
export function createBoundedFetch(options: BoundedFetchOptions): typeof fetch {
  const { apiKey, maxBytes, onSend, onFailure, onError, onExcess } = options;
  return async (input, init = {}) => {
    onSend();
    const headers = pick(new Headers(init.headers), sentHeaders);
    headers.set('authorization', `Bearer ${apiKey}`);
    const { response, bytes } = await receive(
      input,
      { ...init, headers, redirect: 'manual' },
      maxBytes,
    ).catch((error: unknown) => {
      onError(error);
      throw error;
    });
    if (bytes === undefined) {
      onExcess();
      throw new Error('The answer is too large.');
    }
    const { status } = response;
    const kept = pick(response.headers, keptHeaders);
    if (!response.ok) {
      const text = new TextDecoder().decode(bytes.subarray(0, 4096));
      const isWorthIt = onFailure({ status, retryAfter: readRetryAfter(response.headers), text });
      if (!isWorthIt) kept.set('x-should-retry', 'false');
    }
    return new Response(bodiless.has(status) ? null : bytes, { status, headers: kept });
  };
}

async function receive(
  input: Parameters<typeof fetch>[0],
  init: RequestInit,
  maxBytes: number,
): Promise<{ response: Response; bytes: Uint8Array<ArrayBuffer> | undefined }> {
  const response = await fetch(input, init);
  return { response, bytes: await readBytes(response, maxBytes) };
}

function pick(from: Headers, names: readonly string[]): Headers {
  const picked = new Headers();
  for (const name of names) {
    const value = from.get(name);
    if (value !== null) picked.set(name, value);
  }
  return picked;
}

async function readBytes(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the body, and closes the connection.
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Seconds, from either form of the header; undefined where it says nothing usable. */
function readRetryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), 24 * 60 * 60) : undefined;
}
