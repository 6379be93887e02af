import { isKeptNumber } from './read-json.ts';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that the table leaves out. */
  readonly more: number;
}

const [MAX_ROWS, MAX_COLUMNS] = [200, 40];

/** Returns a list of flat objects as a table; undefined for any other value. */
export function tabulate(value: unknown): Table | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const records = value.slice(0, MAX_ROWS) as unknown[];
  const columns = new Set<string>();
  for (const record of records) {
    if (!isFlat(record)) return undefined;
    for (const name of Object.keys(record)) columns.add(name);
    if (columns.size > MAX_COLUMNS) return undefined;
  }
  if (columns.size === 0) return undefined;
  const names = [...columns];
  const rows = (records as Readonly<Record<string, unknown>>[]).map((record) =>
    names.map((name) => (Object.hasOwn(record, name) ? toCell(record[name]) : '')),
  );
  return { columns: names, rows, more: value.length - records.length };
}

function isFlat(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isKeptNumber(value))
    return false;
  return Object.values(value).every(
    (field) => typeof field !== 'object' || field === null || isKeptNumber(field),
  );
}

const toCell = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
