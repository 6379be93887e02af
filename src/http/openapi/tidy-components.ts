import type { ApiDocument } from './document.ts';

/** Ending of names that the schema of an answer gets, where a request could have it too. */
const OUTPUT = 'Output';
const PREFIX = '#/components/schemas/';

/**
 * Keeps the named schemas that a route uses, each by its plain name: the conversion makes two of each, one for requests
 * and one for answers, and hardly any is used for both.
 */
export function tidyComponents(document: ApiDocument): ApiDocument {
  const schemas: Readonly<Record<string, unknown>> = document.components?.schemas ?? {};
  const used = findUsed(document.paths, schemas);
  const names = new Map([...used].map((name) => [name, shorten(name, used)] as const));
  const rename = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value, withoutTwins).replaceAll(
        /"#\/components\/schemas\/(\w+)"/g,
        (_, name: string) => `"${PREFIX}${names.get(name) ?? name}"`,
      ),
    ) as T;
  const kept = Object.entries(schemas).flatMap(([name, schema]) => {
    const short = names.get(name);
    return short === undefined ? [] : [[short, rename(schema)] as const];
  });
  return {
    ...document,
    paths: rename(document.paths ?? {}),
    components: { ...document.components, schemas: Object.fromEntries(kept) as never },
  };
}

/** Leaves out what the conversion repeats beside a reference, and what is another for requests and answers. */
function withoutTwins(this: unknown, key: string, value: unknown): unknown {
  const isBesideReference = typeof this === 'object' && this !== null && Object.hasOwn(this, '$ref');
  return key === 'additionalProperties' && isBesideReference ? undefined : value;
}

/** Finds the named schemas that a part of the document uses, also through each other. */
function findUsed(
  part: unknown,
  schemas: Readonly<Record<string, unknown>>,
  used = new Set<string>(),
): Set<string> {
  for (const [, name = ''] of (JSON.stringify(part) ?? '').matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    if (used.has(name)) continue;
    used.add(name);
    findUsed(schemas[name], schemas, used);
  }
  return used;
}

function shorten(name: string, used: ReadonlySet<string>): string {
  const short = name.endsWith(OUTPUT) ? name.slice(0, -OUTPUT.length) : name;
  return used.has(short) ? name : short;
}
