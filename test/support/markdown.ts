import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.ts';

/** A fenced block of a page. */
export interface Block {
  /** The page, relative to the project's root, and the line on which the block starts. */
  readonly at: string;
  readonly language: string;
  readonly text: string;
  /** The nearest heading above it. */
  readonly heading: string;
}

export function readPage(page: string): string {
  return readFileSync(join(packageRoot, page), 'utf8');
}

export function readBlocks(page: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: { language: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of readPage(page).split('\n').entries()) {
    const fence = /^```(\w*)$/.exec(line);
    if (fence !== null && open === undefined) open = { language: fence[1] ?? '', line: index + 1, lines: [] };
    else if (fence !== null && open !== undefined) {
      const { language, line: start, lines } = open;
      blocks.push({ at: `${page}:${start}`, language, text: lines.join('\n'), heading });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line);
    else if (line.startsWith('#')) heading = line.replace(/^#+ /, '').replaceAll('`', '');
  }
  if (open !== undefined) throw new Error(`${page}: a block is not closed`);
  return blocks;
}

/** The first block of a language below a heading. */
export function findBlock(blocks: readonly Block[], heading: string, language: string): Block | undefined {
  return blocks.find((block) => block.heading === heading && block.language === language);
}

/**
 * The rows of all tables below a heading, without their head; cells as they are written. Throws where there are none,
 * since a test of each row would pass.
 */
export function readTable(page: string, heading: string): string[][] {
  const lines = readPage(page).split('\n');
  const start = lines.findIndex((line) => line.startsWith('#') && line.replace(/^#+ /, '') === heading);
  const length = start < 0 ? 0 : lines.slice(start + 1).findIndex((line) => line.startsWith('#'));
  const own = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
  const rows = own.filter(
    (line, index) => line.startsWith('|') && !line.startsWith('|---') && !isHead(own, index),
  );
  if (rows.length === 0) throw new Error(`${page}: "${heading}" has no table, or one without rows`);
  return rows.map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  );
}

const isHead = (lines: readonly string[], index: number): boolean =>
  lines[index + 1]?.startsWith('|---') === true;
