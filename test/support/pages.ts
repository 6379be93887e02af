import { expect } from 'vitest';
import type { Block } from './markdown.ts';
import { runShell } from './console.ts';
import { expectShown } from './shown.ts';

/** Address of Brig on the pages. */
const SHOWN_URL = 'http://127.0.0.1:8080';

const EVENT_STREAM = /accept: text\/event-stream/i;

/** A `curl` that a page shows, and the answer that it shows below. */
export interface Exchange {
  readonly at: string;
  readonly command: string;
  readonly answer: string;
}

export function findExchanges(blocks: readonly Block[]): Exchange[] {
  return blocks.flatMap(({ at, language, text }, index) => {
    if (language !== 'sh' || !text.includes('curl ') || EVENT_STREAM.test(text)) return [];
    const next = blocks[index + 1];
    if (next?.language !== 'json') throw new Error(`${at}: no answer is shown`);
    return [{ at, command: text, answer: next.text }];
  });
}

/** The `curl`s of a page that shows events below them. */
export function findStreams(blocks: readonly Block[]): Exchange[] {
  return blocks.flatMap(({ at, language, text }, index) => {
    if (language !== 'sh' || !EVENT_STREAM.test(text)) return [];
    return [{ at, command: text, answer: blocks[index + 1]?.text ?? '' }];
  });
}

/** Runs the `curl` and compares its events, the data of each as `expectShown` does. */
export async function expectStream({ command, answer }: Exchange, url: string): Promise<void> {
  expect(command).toContain(SHOWN_URL);
  const { stdout } = await runShell(command.replaceAll(SHOWN_URL, url));
  const [real, shown] = [stdout, answer].map((stream) => stream.trimEnd().split('\n'));
  expect(real?.map(nameLine)).toEqual(shown?.map(nameLine));
  for (const [index, line] of (shown ?? []).entries()) {
    if (line.startsWith(DATA)) expectShown(parseData(real?.[index] ?? ''), parseData(line));
  }
}

const DATA = 'data: ';
const nameLine = (line: string): string => (line.startsWith(DATA) ? DATA : line);
const parseData = (line: string): unknown => JSON.parse(line.slice(DATA.length));

/** Runs the `curl` as it stands, but for the address, and compares what comes back. */
export async function expectExchange({ command, answer }: Exchange, url: string): Promise<void> {
  expect(command).toContain(SHOWN_URL);
  const { stdout } = await runShell(command.replaceAll(SHOWN_URL, url));
  expectShown(JSON.parse(stdout), JSON.parse(answer));
}
