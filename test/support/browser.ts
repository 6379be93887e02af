import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser } from 'playwright-core';
import { packageRoot } from '../../src/paths.ts';

/** A headless Chromium, as its npm package ships it: nothing is downloaded beside it, nothing needs to be installed. */
export async function openBrowser(args: readonly string[] = []): Promise<Browser> {
  // Both packages write to the folder for temporary files, and one leaves there what it unpacked.
  const folder = join(packageRoot, '.tools', 'browser');
  mkdirSync(folder, { recursive: true });
  process.env['TMPDIR'] = folder;
  return playwright.launch({
    executablePath: process.env['BRIG_TEST_CHROMIUM'] ?? (await chromium.executablePath()),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  });
}
