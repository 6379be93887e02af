const units = { '': 0, b: 0, k: 1, m: 2, g: 3, t: 4 } as const;

/** Bytes of a size as Docker writes it: `256m`, `1g`, `1.5GB`, `512MiB`, `1048576`; undefined where it is none. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$|^(\d+)b$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, number, unit = '', plain] = match;
  const power = units[unit.toLowerCase() as keyof typeof units];
  return Math.floor(Number(number ?? plain) * 1024 ** power);
}
