/** Rounds milliseconds to at most three significant digits, for readers who compare outcomes. */
export function roundMs(ms: number): number {
  if (!Number.isFinite(ms) || ms <= 0) return 0;
  return ms >= 1000 ? Math.round(ms) : Number(ms.toPrecision(3));
}

/** Formats a duration: `340 ms`, `1.5 s`. */
export function formatMs(ms: number): string {
  const rounded = roundMs(ms);
  return rounded < 1000 ? `${rounded} ms` : `${Number((rounded / 1000).toPrecision(3))} s`;
}

const KIB = 1024;

/** Formats a size: `512 bytes`, `1.5 KiB`, `256 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KIB) return `${bytes} bytes`;
  if (bytes < KIB ** 2) return `${toOneDecimal(bytes / KIB)} KiB`;
  return `${toOneDecimal(bytes / KIB ** 2)} MiB`;
}

const toOneDecimal = (value: number): number => Math.round(value * 10) / 10;

/** Adds the article: `an int`, `a str`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}
