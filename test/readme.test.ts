import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layers } from '../src/core/contract/health.ts';
import { readPage, readTable } from './support/markdown.ts';
import { holdExamples } from './support/page-examples.ts';
import { startService, type TestService } from './support/service.ts';

const page = 'README.md';

describe('the README', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  holdExamples(page, () => service.url);

  it('says what Brig is, how to start, try and test it, within the first screen', () => {
    const screen = readPage(page).split('\n').slice(0, 30).join('\n');
    for (const needed of ['./scripts/start', 'curl', '"success": true', './scripts/test'])
      expect(screen).toContain(needed);
  });

  it('has a row for each layer', () => {
    expect(readTable(page, 'What holds').map(([layer]) => layer)).toEqual([...layers]);
  });
});
