import { expect } from 'vitest';
import type { Block } from './markdown.ts';
import { runShell } from './console.ts';
import { expectShown } from './shown.ts';

/** Where the pages say that Brig listens. */
const SHOWN_URL = 'http://127.0.0.1:8080';

/** A `curl` that a page shows, and the answer that it shows below. */
export interface Exchange {
  readonly at: string;
  readonly command: string;
  readonly answer: string;
}

export function findExchanges(blocks: readonly Block[]): Exchange[] {
  return blocks.flatMap(({ at, language, text }, index) => {
    if (language !== 'sh' || !text.includes('curl ')) return [];
    const next = blocks[index + 1];
    if (next?.language !== 'json') throw new Error(`${at}: no answer is shown`);
    return [{ at, command: text, answer: next.text }];
  });
}

/** Runs the `curl` as it stands, but for the address, and compares what comes back. */
export async function expectExchange({ command, answer }: Exchange, url: string): Promise<void> {
  expect(command).toContain(SHOWN_URL);
  const { stdout } = await runShell(command.replaceAll(SHOWN_URL, url));
  expectShown(JSON.parse(stdout), JSON.parse(answer));
}
