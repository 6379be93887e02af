const units = { '': 0, b: 0, k: 1, m: 2, g: 3, t: 4 } as const;

/**
 * Parses a size in Docker's notation into bytes: `256m`, `1g`, `1.5GB`, `512MiB`, `1048576`; returns undefined when
 * it is malformed.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$|^(\d+)b$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, number, unit = '', plain] = match;
  const power = units[unit.toLowerCase() as keyof typeof units];
  return Math.floor(Number(number ?? plain) * 1024 ** power);
}
