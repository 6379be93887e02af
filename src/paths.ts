import { fileURLToPath } from 'node:url';

/** Folder of the package: the same from `src/` and from `dist/`. */
export const packageRoot = fileURLToPath(new URL('..', import.meta.url));
