import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layers } from '../src/core/health.ts';
import { executeRequestSchema } from '../src/core/request.ts';
import { replayConsole } from './support/console.ts';
import { findPrograms, runProgram } from './support/library-example.ts';
import { readBlocks, readPage, readTable } from './support/markdown.ts';
import { expectExchange, findExchanges } from './support/pages.ts';
import { startService, type TestService } from './support/service.ts';

const page = 'README.md';
const blocks = readBlocks(page);

describe('the README', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  it.each(findExchanges(blocks))('shows the answer to the curl of $at', async (exchange) => {
    await expectExchange(exchange, service.url);
  });

  it.each(blocks.filter(({ language }) => language === 'console'))(
    'shows what the commands of $at print',
    async (block) => {
      expect(await replayConsole(block)).toBe(block.text);
    },
  );

  it.each(findPrograms(blocks))('shows what the program of $at prints', async ({ source, output }) => {
    expect(await runProgram(source)).toBe(output);
  });

  it('says what Brig is, how to start, try and test it, within the first screen', () => {
    const screen = readPage(page).split('\n').slice(0, 30).join('\n');
    for (const needed of ['./scripts/start', 'curl', '"success": true', './scripts/test'])
      expect(screen).toContain(needed);
  });

  it('has a row for each field of a request, and for each layer', () => {
    const fields = readTable(page, 'What a request can say').flatMap(
      ([cell = '']) => cell.match(/\w+/g) ?? [],
    );
    expect(fields).toEqual(expect.arrayContaining(Object.keys(executeRequestSchema.shape)));
    expect(readTable(page, 'What holds').map(([layer]) => layer)).toEqual([...layers]);
  });
});
