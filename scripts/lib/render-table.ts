/** A table of a page, as Markdown. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('')
    .replace(/\| --- .*\n/, `|${'---|'.repeat(head.length)}\n`);
}
