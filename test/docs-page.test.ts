import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
let browser: Browser;
beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), openBrowser()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([service.close(), browser.close()]);
});

describe('GET /docs', () => {
  it('shows the document and sends a request, and asks nobody but the service', async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${service.url}/docs`);
    await page.click('#operations-execution-execute .opblock-summary-control');
    await page.click('.try-out__btn');
    await page.click('.execute');
    const answer = page.locator('.live-responses-table tbody .response-col_description');
    await answer.waitFor();
    await expect.poll(() => answer.first().innerText()).toContain('"answer": 42');
    expect(await page.locator('.opblock').count()).toBeGreaterThanOrEqual(6);
    const elsewhere = asked.filter((url) => !url.startsWith(`${service.url}/`) && !url.startsWith('data:'));
    expect(elsewhere).toEqual([]);
    expect(asked.map((url) => url.slice(service.url.length))).toEqual(
      expect.arrayContaining(['/docs', '/docs/swagger-ui-bundle.js', '/openapi.json', '/execute']),
    );
    expect(complaints).toEqual([]);
    await page.close();
  });
});
