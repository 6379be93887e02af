import type { Ratio } from './figures.ts';
import type { Latency } from './statistics.ts';

/** Rows as a Markdown table, the first one its head; good to read in a terminal too. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join(
    '\n',
  );
}

/** Three digits where there are not more before the point: `2.34`, `12.3`, `1234`. */
export function formatMs(ms: number): string {
  if (ms < 10) return ms.toFixed(2);
  return ms.toFixed(ms < 100 ? 1 : 0);
}

export const formatLatency = ({ median, p95, p99 }: Latency): string =>
  `${formatMs(median)} / ${formatMs(p95)} / ${formatMs(p99)}`;

export const formatTail = ({ median, p99, max }: Latency): string =>
  `${formatMs(median)} / ${formatMs(p99)} / ${formatMs(max)}`;

export const formatRatio = ({ all, apart }: Ratio): string =>
  `${all.toFixed(2)} (${apart.map((one) => one.toFixed(2)).join(' to ')})`;

export const toPercent = (share: number): string => `${(share * 100).toFixed(0)} %`;
