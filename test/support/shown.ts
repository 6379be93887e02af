import { expect } from 'vitest';

/** Mark of an omission on a page: in place of a value, or as a name for "and more fields". */
export const ELLIPSIS = '…';

/** Fields that differ from one run to the next: only their type counts. */
const volatile = new Set(['id', 'duration_ms', 'cpu_ms', 'memory_peak_bytes', 'enforcement']);

/** Compares an answer with what a page shows of it: the same fields, unless the page says that it leaves some out. */
export function expectShown(real: unknown, shown: unknown, path = 'answer'): void {
  if (shown === ELLIPSIS) {
    expect(real, path).not.toBeUndefined();
    return;
  }
  if (Array.isArray(shown) && Array.isArray(real)) {
    expect(real, path).toHaveLength(shown.length);
    for (const [index, item] of shown.entries()) expectShown(real[index], item, `${path}[${index}]`);
    return;
  }
  if (!isObject(shown) || !isObject(real)) {
    expect(real, path).toEqual(shown);
    return;
  }
  const { [ELLIPSIS]: more, ...fields } = shown;
  const names = Object.keys(fields);
  expect(Object.keys(real), path).toEqual(more === undefined ? names : expect.arrayContaining(names));
  for (const name of names) {
    const place = `${path}.${name}`;
    if (volatile.has(name) && fields[name] !== ELLIPSIS)
      expect(typeof real[name], place).toBe(typeof fields[name]);
    else expectShown(real[name], fields[name], place);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
