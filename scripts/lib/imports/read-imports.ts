import { parseSync } from 'oxc-parser';

export interface Import {
  readonly specifier: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Lists the imports of a TypeScript file: statements, re-exports and `import()`, types included. */
export function readImports(file: string, text: string): Import[] {
  const { module } = parseSync(file, text);
  const said = [
    ...module.staticImports.map((one) => one.moduleRequest),
    ...module.staticExports.flatMap(({ entries }) => entries.map((one) => one.moduleRequest)),
    ...module.dynamicImports.map((one) => one.moduleRequest),
  ];
  return said
    .filter((one) => one !== undefined && one !== null)
    .toSorted((one, other) => one.start - other.start)
    .map(({ start, end }) => ({
      // A computed name is listed as it is written, and no room may import it.
      specifier: text.slice(start, end).replaceAll(/^['"]|['"]$/g, ''),
      line: text.slice(0, start).split('\n').length,
    }));
}
