import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeImport } from './judge-import.ts';
import { readImports } from './read-imports.ts';

/** Every file that is shipped, by its path below `src`; tests may import what they test with. */
export function listSources(src: string): string[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test|\.test-support)\.ts$/.test(file))
    .toSorted();
}

/** A line for each import of the sources that the table of rooms does not permit. */
export function checkImports(src: string): string[] {
  return listSources(src).flatMap((file) =>
    readImports(file, readFileSync(join(src, file), 'utf8')).flatMap(({ specifier, line }) => {
      const reason = judgeImport(file, specifier);
      return reason === undefined ? [] : [`src/${file}:${line} imports ${specifier}. ${reason}`];
    }),
  );
}
