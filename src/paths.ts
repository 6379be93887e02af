import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the package: the same from `src/` and from `dist/`. */
export const packageRoot = fileURLToPath(new URL('..', import.meta.url));

/** Whether the package is a checkout, whose `scripts/setup` brings what Brig needs; an installed one has none. */
export const isCheckout = existsSync(join(packageRoot, 'scripts', 'setup'));

/** Folder of the bundled page for people. */
export const playgroundFolder = join(packageRoot, 'dist', 'playground');
