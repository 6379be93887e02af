import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { watchInterruption } from '../interruption.ts';
import type { Reading } from '../top/compare.ts';
import { readSamples } from '../top/read-samples.ts';
import { renderTop } from '../top/render.ts';

interface TopOptions {
  readonly url: string;
  readonly keyFile?: string;
  readonly interval: number;
  readonly once?: boolean;
}

/** Largest answer in bytes. */
const MOST_BYTES = 4 * 1024 * 1024;
const ANSWER_MS = 5000;
/** EX_UNAVAILABLE of sysexits(3). */
const UNAVAILABLE = 69;

export function addTopCommand(program: Command): void {
  program
    .command('top')
    .description('show what a running service does, from its metrics')
    .option('--url <url>', 'address of the metrics', 'http://127.0.0.1:8080/metrics')
    .option('--key-file <file>', 'file with an API key that has the scope metrics')
    .option('--interval <seconds>', 'seconds between two readings', readSeconds, 2)
    .option('--once', 'show one interval, and end')
    .action(async (options: TopOptions) => {
      process.exitCode = await showTop(options);
    });
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 0.1 && seconds <= 3600))
    throw new InvalidArgumentError('Must be from 0.1 to 3600 seconds.');
  return seconds;
}

async function showTop({ url, keyFile, interval, once = false }: TopOptions): Promise<number> {
  const interruption = watchInterruption();
  try {
    const key = keyFile === undefined ? undefined : (await readFile(keyFile, 'utf8')).trim();
    let before = await takeReading(url, key, interruption.signal);
    for (;;) {
      await sleep(interval * 1000, undefined, { signal: interruption.signal });
      const now = await takeReading(url, key, interruption.signal);
      show(renderTop(before, now));
      if (once) return 0;
      before = now;
    }
  } catch (error) {
    if (interruption.signal.aborted) return 0;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return UNAVAILABLE;
  }
}

/** Draws over the last picture on a terminal; elsewhere pictures follow each other. */
function show(text: string): void {
  const clear = process.stdout.isTTY ? '\u001B[H\u001B[J' : '';
  process.stdout.write(`${clear}${text}\n`);
}

/** @throws Error with a sentence for people when there are no metrics. */
async function takeReading(url: string, key: string | undefined, signal: AbortSignal): Promise<Reading> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  let response: Response;
  try {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    // Nobody else gets the key.
    response = await fetch(url, { headers, signal: patience, redirect: 'error' });
  } catch (error) {
    throw new Error(`No metrics from ${url}: is the service running there?`, { cause: error });
  }
  if (response.status === 401 || response.status === 403)
    throw new Error(`${url} wants an API key with the scope metrics: name its file with --key-file.`);
  if (!response.ok) throw new Error(`${url} answers ${response.status}: are metrics on, and on this port?`);
  return { at: performance.now() / 1000, samples: readSamples(await readBounded(response)) };
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error('The answer is too large for metrics.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
