/*
 * Program texts of the cases.
 */

const MODULES = [
  ...[
    'argparse',
    'ast',
    'base64',
    'collections',
    'csv',
    'dataclasses',
    'datetime',
    'decimal',
    'difflib',
    'fractions',
  ],
  ...[
    'hashlib',
    'json',
    'logging',
    'pathlib',
    'random',
    're',
    'statistics',
    'string',
    'textwrap',
    'urllib.parse',
  ],
];

/** Twenty imports of the standard library, on lines of their own. */
export const twentyImports = MODULES.map((module) => `import ${module}\n`).join('');

/** Small functions, one after the other, until the text has so many bytes. */
export function writeLongScript(bytes: number): string {
  const parts = ['def main():\n    return f0(41)\n'];
  for (let size = parts[0]?.length ?? 0, number = 0; ; number += 1) {
    const part = `\n\ndef f${number}(value):\n    total = value + 1\n    return total\n`;
    size += part.length;
    if (size > bytes) return parts.join('');
    parts.push(part);
  }
}
