import { join } from 'node:path';
import { packageRoot } from '../../src/paths.ts';
import { checkImports } from './imports/check-imports.ts';

/* Part of `npm run lint`: holds the imports of `src` to the table of rooms. */

const refused = checkImports(join(packageRoot, 'src'));
for (const line of refused) console.error(line);
if (refused.length > 0) process.exitCode = 1;
