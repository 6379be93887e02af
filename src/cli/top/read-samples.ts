/** One value of a time series. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Most samples of one reading; a service has some hundreds. */
const MOST = 20_000;

/**
 * Reads samples in the text format of Prometheus, as Brig writes it: one line each, no timestamps. Skips comments and
 * whatever is no sample.
 */
export function readSamples(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const sample = readLine(line);
    if (sample !== undefined) samples.push(sample);
    if (samples.length >= MOST) break;
  }
  return samples;
}

function readLine(line: string): Sample | undefined {
  const end = line.lastIndexOf(' ');
  const series = line.slice(0, end);
  const value = toNumber(line.slice(end + 1));
  const brace = series.indexOf('{');
  if (end < 1 || value === undefined) return undefined;
  if (brace < 0) return { name: series, labels: {}, value };
  return { name: series.slice(0, brace), labels: readLabels(series.slice(brace)), value };
}

const label = /[{,]([A-Za-z_]\w*)="([^"\\]*(?:\\.[^"\\]*)*)"/g;

/** A value may come from anywhere, and is shown on a terminal. */
const clean = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?');

const readLabels = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(label)].map(([, name = '', value = '']) => [name, clean(value)]));

function toNumber(text: string): number | undefined {
  if (text === '+Inf') return Infinity;
  if (text === 'NaN') return Number.NaN;
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? undefined : value;
}
