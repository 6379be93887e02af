import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { startService, type TestService } from './support/service.ts';

const KEY = 'a-key-of-the-playground-test-1234567890';
let browser: Browser;
let open: TestService;
let locked: TestService;
beforeAll(async () => {
  [open, locked, browser] = await Promise.all([
    startService({ BRIG_RUNTIMES: 'python,node' }),
    startService({ BRIG_RUNTIMES: 'python', BRIG_API_KEYS: KEY }),
    openBrowser(),
  ]);
}, 120_000);
afterAll(() => Promise.all([open.close(), locked.close(), browser.close()]));

/** Waits for what a page shows; a busy machine is slow. */
const eventually = <T>(read: () => Promise<T> | T) => expect.poll(read, { timeout: 30_000 });

interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** What the browser complained about, and addresses of other hosts that it asked. */
  readonly complaints: string[];
}

async function visit(service: TestService, fragment = ''): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${service.url}/`) && !url.startsWith('data:')) complaints.push(url);
  });
  page.on('console', (message) => {
    // A refused key is a failed request, which every browser logs.
    if (['error', 'warning'].includes(message.type()) && !message.text().includes('401'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${service.url}/${fragment}`);
  await page.locator('.cm-content').waitFor();
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Replaces the script by typing over it, and runs it by the keyboard alone. */
async function run(page: Page, script: string): Promise<void> {
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+A');
  // Typed over coloured text, Chromium would keep its colour in a style attribute, which the policy blocks and reports.
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(script);
  await page.keyboard.press('Control+Enter');
}

const summary = (page: Page) => page.locator('.summary');
const succeed = (page: Page) => eventually(() => summary(page).innerText()).toContain('Success');

describe('the playground', () => {
  it('runs a script by the keyboard, and shows its output, its value and what it took', async () => {
    await using seen = await visit(open);
    const { page, complaints } = seen;
    await run(page, 'def main():\n  print("said")\n  return [{"a": 1, "b": "<b>x</b>"}]');
    await succeed(page);
    expect(await page.getByLabel('Output of the script').innerText()).toBe('said\n');
    expect(await page.getByRole('cell').allInnerTexts()).toEqual(['1', '<b>x</b>']);
    await eventually(() => page.locator('.health').innerText()).toContain('9 of 9 layers hold');
    expect(complaints).toEqual([]);
  });

  it('shows output while the script runs, and stops it', async () => {
    await using seen = await visit(open);
    const { page } = seen;
    await run(page, 'import time\ndef main():\n  print("first", flush=True)\n  time.sleep(100)');
    await eventually(() => page.getByLabel('Output of the script').innerText()).toBe('first\n');
    await page.getByRole('button', { name: 'Stop' }).click();
    await eventually(() => page.getByRole('alert').innerText()).toBe('Stopped.');
    await eventually(() => open.service.health().pool.running).toBe(0);
  });

  it('marks a mistake at its line, with the suggestion', async () => {
    await using seen = await visit(open);
    const { page } = seen;
    await run(page, 'def main():\n    x = 1\n    return x / 0\n');
    await eventually(() => page.locator('.failure').innerText()).toContain('ZeroDivisionError');
    const marked = page.locator('.cm-lintRange-error');
    await eventually(() => marked.innerText()).toContain('x / 0');
    await run(page, 'def main():\n  return 1');
    await succeed(page);
    expect(await marked.count()).toBe(0);
  });

  it('takes files, and gives back files and pictures', async () => {
    await using seen = await visit(open);
    const { page, complaints } = seen;
    await page.getByLabel('Files for the script').setInputFiles([
      { name: 'in.txt', mimeType: 'text/plain', buffer: Buffer.from('héllo') },
      { name: 'in.bin', mimeType: '', buffer: Buffer.from([255, 0, 1]) },
    ]);
    await page.getByText('Arguments, input, limits').click();
    await page.getByLabel('Files to return').fill('out.txt, *.svg');
    await page.getByLabel('timeout').fill('3');
    await run(
      page,
      `def main():
  open("out.txt", "w").write(open("in.txt").read() + str(open("in.bin", "rb").read()))
  open("a.svg", "w").write('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>')`,
    );
    await succeed(page);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save out.txt' }).click();
    expect(readFileSync(await (await download).path(), 'utf8')).toBe(String.raw`héllob'\xff\x00\x01'`);
    expect(
      await page.locator('.files img').evaluate((img: { naturalWidth: number }) => img.naturalWidth),
    ).toBe(9);
    expect(complaints).toEqual([]);
  });

  it('offers what the service has, and an example for each', async () => {
    await using seen = await visit(open);
    const { page } = seen;
    await eventually(() => page.getByLabel('Runtime').locator('option').count()).toBe(2);
    await page.getByLabel('Example').selectOption('JavaScript in Node');
    await page.getByRole('button', { name: 'Run' }).click();
    await eventually(() => page.getByLabel('Output of the script').innerText()).toContain('[ 3, 5, 5, 3 ]');
  });

  it('makes a link that carries the script and runs nothing', async () => {
    await using seen = await visit(open);
    await run(seen.page, 'def main():\n  return "linked"');
    await succeed(seen.page);
    await seen.page.getByRole('button', { name: 'Link' }).click();
    await eventually(() => seen.page.url()).toContain('#s=');
    await using other = await visit(open, new URL(seen.page.url()).hash);
    await eventually(() => other.page.locator('.cm-content').innerText()).toContain('return "linked"');
    expect(await summary(other.page).innerText()).toBe('Ctrl-Enter runs the script.');
  });

  it('asks for a key where one is needed, and keeps it in the tab', async () => {
    await using seen = await visit(locked);
    const { page } = seen;
    const field = page.getByLabel('API key of the service');
    await field.fill('wrong');
    await page.getByRole('button', { name: 'Use it' }).click();
    await field.waitFor();
    await field.fill(KEY);
    await page.keyboard.press('Enter');
    await eventually(() => page.getByLabel('Runtime').locator('option').count()).toBe(1);
    await run(page, 'def main():\n  return 1');
    await succeed(page);
    await page.getByRole('button', { name: 'Copy as' }).click();
    expect(await page.locator('.snippet').innerText()).not.toContain(KEY);
    expect(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([
      0,
      1,
      '',
    ]);
    await page.reload();
    await eventually(() => page.getByLabel('Runtime').locator('option').count()).toBe(1);
  });

  it.each([
    '<script>document.title="owned"</script>',
    '<img src=x onerror="document.title=\'owned\'">',
    '<svg onload="document.title=\'owned\'"></svg>',
    'javascript:document.title="owned"',
    '</pre><iframe srcdoc="<script>parent.document.title=\'owned\'</script>"></iframe>',
    '{{constructor.constructor("document.title=\'owned\'")()}}',
  ])('shows as text what tries to run in the page: %s', async (text) => {
    await using seen = await visit(open);
    const { page, complaints } = seen;
    const literal = JSON.stringify(text);
    await run(
      page,
      `import sys
def main():
  print(${literal}); print(${literal}, file=sys.stderr)
  open("a.html", "w").write(${literal})
  return [{${literal}: ${literal}}]`,
    );
    await succeed(page);
    expect(await page.getByRole('cell').innerText()).toBe(text);
    await run(page, `def main():\n  raise ValueError(${literal})`);
    await eventually(() => page.locator('.failure').innerText()).toContain(text);
    expect(await page.title()).toBe('Brig playground');
    expect(complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no serious fault of accessibility: %s', async (colorScheme) => {
    await using seen = await visit(open);
    const { page } = seen;
    await page.emulateMedia({ colorScheme });
    await run(page, 'def main():\n  print("a")\n  return [{"a": 1}]');
    await succeed(page);
    await page.getByText('Arguments, input, limits').click();
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    // Chromium runs what the inspector sends in spite of the page's policy.
    await page.evaluate(axe);
    const { violations } = await page.evaluate<{
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    }>('axe.run(document, { resultTypes: ["violations"] })');
    const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
  });

  it('fits a phone', async () => {
    await using seen = await visit(open);
    await seen.page.setViewportSize({ width: 360, height: 640 });
    expect(await seen.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it('is not there where the operator turned it off', async () => {
    const without = await startService({ BRIG_RUNTIMES: 'python', BRIG_PLAYGROUND: 'off' });
    expect((await fetch(`${without.url}/`)).status).toBe(404);
    await without.close();
  });
});
