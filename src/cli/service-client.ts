import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Refusal } from '../core/contract/refusal.ts';
import type { RefusalBody } from '../core/contract/outcome.ts';

/** Options of commands that speak to a running service. */
export interface ServiceOptions {
  readonly url: string;
  readonly keyFile?: string;
}

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Answer of a service that did as it was told; JSON, as it came. */
export type AskService = (path: string, asked: Asked) => Promise<string>;

/** Largest answer in bytes: files that a script returns can be large. */
const MOST_BYTES = 512 * 1024 * 1024;

export const addServiceOptions = (command: Command): Command =>
  command
    .option('--url <url>', 'address of the service', 'http://127.0.0.1:8080')
    .option('--key-file <file>', 'file with an API key that has the scope jobs');

/**
 * Opens a service that runs elsewhere. Asking throws a Refusal: the service's own, or `unavailable` where there is no
 * answer.
 */
export async function openServiceClient({ url, keyFile }: ServiceOptions): Promise<AskService> {
  const key = keyFile === undefined ? undefined : await readKey(keyFile);
  const base = url.endsWith('/') ? url : `${url}/`;
  if (!URL.canParse(base)) throw new Refusal('invalid_input', `--url ${url} is no URL.`);
  return async (path, { method = 'GET', body, headers, signal }) => {
    const response = await fetch(new URL(path, base), {
      ...{ method, signal },
      // Nobody else gets the key.
      redirect: 'error',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new Refusal('unavailable', `No answer from ${url}.`, {
        suggestions: ['Check that the service runs there, and name its address with --url.'],
        cause,
      });
    });
    const text = await readBounded(response);
    if (!response.ok) throw readRefusal(text, response.status);
    return text;
  };
}

/** @throws Refusal `not_found` or `invalid_input` */
async function readKey(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Refusal('not_found', `The file ${file} of --key-file cannot be read.`, { cause });
  });
  const key = text.trim();
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new Refusal('invalid_input', `The file ${file} of --key-file holds no key.`);
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Refusal('payload_too_large', 'The answer is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Returns the refusal that a service answered with. */
function readRefusal(text: string, status: number): Refusal {
  try {
    const { error, message, suggestions } = JSON.parse(text) as RefusalBody;
    if (typeof error === 'string' && typeof message === 'string')
      return new Refusal(error, message, { suggestions: suggestions.map(String) });
  } catch {
    // It is no service of ours, or something stands in front of it.
  }
  return new Refusal('unavailable', `The service answers ${status}, and nothing that Brig would.`);
}
