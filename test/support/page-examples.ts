import { expect, it } from 'vitest';
import { replayConsole } from './console.ts';
import { findPrograms, runProgram } from './library-example.ts';
import { readBlocks } from './markdown.ts';
import { expectExchange, expectStream, findExchanges, findStreams } from './pages.ts';

/**
 * A test for each example of a page: the answers and events of its `curl`s, what its commands and its programs print.
 * `url` is asked for when they run; the pages' commands and programs need no service.
 */
export function holdExamples(page: string, url: () => string): void {
  const blocks = readBlocks(page);
  for (const exchange of findExchanges(blocks)) {
    it(`shows the answer to the curl of ${exchange.at}`, () => expectExchange(exchange, url()));
  }
  for (const exchange of findStreams(blocks)) {
    it(`shows the events of the curl of ${exchange.at}`, () => expectStream(exchange, url()));
  }
  for (const block of blocks.filter(({ language }) => language === 'console')) {
    it(`shows what the commands of ${block.at} print`, async () => {
      expect(await replayConsole(block)).toBe(block.text);
    });
  }
  for (const { at, source, output } of findPrograms(blocks)) {
    it(`shows what the program of ${at} prints`, async () => {
      expect(await runProgram(source)).toBe(output);
    });
  }
}
