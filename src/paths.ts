import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the package: the same from `src/` and from `dist/`. */
export const packageRoot = fileURLToPath(new URL('..', import.meta.url));

/** Whether the package is a checkout, whose `scripts/setup` also builds it. */
export const isCheckout = existsSync(join(packageRoot, 'scripts', 'setup'));

/** Folder of the bundled page for people. */
export const playgroundFolder = join(packageRoot, 'dist', 'playground');

/** The command that brings what Brig needs beside its npm packages. */
export const setUpCommand = isCheckout ? './scripts/setup' : '`npx brig setup`';
