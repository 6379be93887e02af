/**
 * Headers of a request that are sent besides the key. Nothing about this machine or from environment variables is
 * added.
 */
const sentHeaders = ['accept', 'content-type', 'user-agent'];
/** Headers of an answer that are kept. */
const keptHeaders = ['content-type', 'retry-after'];
const bodiless = new Set([204, 205, 304]);

export interface BoundedFetchOptions {
  /** The only key that is sent: the library would take another from the environment. */
  readonly apiKey: string;
  readonly maxBytes: number;
  /** Called before anything is sent; its error ends the call. */
  readonly onSend: () => Promise<void>;
  /** Called with each unsuccessful answer; returns whether another try is worth waiting for. */
  readonly onFailure: (failure: { status: number; retryAfter: number | undefined; text: string }) => boolean;
  /** Called when no answer came, or only a part of it. */
  readonly onError: (error: unknown) => void;
  /** Called when an answer is too large. */
  readonly onExcess: () => void;
}

/**
 * Creates a `fetch` that reads at most `maxBytes`, the whole answer or nothing, and follows no redirect, so that the
 * key reaches only the host it is meant for.
 */
export function createBoundedFetch(options: BoundedFetchOptions): typeof fetch {
  const { apiKey, maxBytes, onSend, onFailure, onError, onExcess } = options;
  return async (input, init = {}) => {
    await onSend();
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
    // Leaving the loop cancels the body and closes the connection.
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

/** Reads the header in either of its forms, in seconds; undefined when it is unusable. */
function readRetryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), 24 * 60 * 60) : undefined;
}
