import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { packageRoot } from '../../src/paths.ts';
import type { Block } from './markdown.ts';

/** The `js` blocks of a page, each with the output that the page shows below it. */
export function findPrograms(blocks: readonly Block[]): { at: string; source: string; output: string }[] {
  return blocks.flatMap(({ at, language, text }, index) => {
    if (language !== 'js') return [];
    const next = blocks[index + 1];
    if (next?.language !== 'text') throw new Error(`${at}: no output is shown`);
    return [{ at, source: text, output: next.text }];
  });
}

/** Runs a program that imports `brig` against the sources, in a process of its own, and gives all that it printed. */
export async function runProgram(source: string, env: Record<string, string> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'library-example-'));
  try {
    const entry = pathToFileURL(join(packageRoot, 'src/index.ts')).href;
    const file = join(folder, 'example.mjs');
    await writeFile(file, source.replaceAll("from 'brig'", `from '${entry}'`));
    const { all } = await execa(process.execPath, [file], { all: true, reject: false, env });
    return all;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
