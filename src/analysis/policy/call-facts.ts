import type { FactSearch } from './fact.ts';
import { readString } from './read-string.ts';
import { IMPORTERS, ATTRIBUTE_FUNCTIONS } from './reflection.ts';
import { childOf, listArguments, nameOf, type SourceNode } from './source-tree.ts';

/** Finds the effects of a call: modules that it imports, attributes that it reads or sets by name. */
export function findCallFacts(search: FactSearch, call: SourceNode): void {
  const called = childOf(call, 'function');
  if (called === undefined) return;
  const given = listArguments(call);
  for (const path of search.resolve(called)) {
    if (IMPORTERS.has(path)) findImported(search, path, call, given[0]);
    findRead(search, path, call, given);
  }
  if (called.type === 'attribute') findMethodFacts(search, called, given);
}

function findImported(
  { text, found }: FactSearch,
  path: string,
  call: SourceNode,
  module: SourceNode | undefined,
): void {
  const name = module && readString(module, text);
  if (name === undefined) found({ type: 'hidden_import', path, node: call });
  else found({ type: 'import', path: name, node: call });
}

/** Finds attributes that are read by name: `getattr(os, "system")`, `operator.attrgetter("a.b")`. */
function findRead(
  { text, resolve, found }: FactSearch,
  path: string,
  call: SourceNode,
  given: readonly SourceNode[],
): void {
  const position = ATTRIBUTE_FUNCTIONS.get(path);
  const key = position === undefined ? undefined : given[position];
  if (key === undefined) return;
  const name = readString(key, text);
  for (const part of name?.split('.') ?? []) found({ type: 'attribute', name: part, node: key });
  if (name === undefined && position === 1 && given[0] !== undefined)
    for (const base of resolve(given[0])) found({ type: 'hidden_attribute', path: base, node: call });
}

/** Finds attributes that a method reads: `x.__getattribute__("y")`, `"{0.y}".format(x)`. */
function findMethodFacts(search: FactSearch, called: SourceNode, given: readonly SourceNode[]): void {
  const { text, found } = search;
  const method = nameOf(childOf(called, 'attribute') ?? called, text);
  if (/^__(?:get|set|del)attr(?:ibute)?__$/.test(method))
    for (const argument of given) {
      const name = readString(argument, text);
      if (name !== undefined) found({ type: 'attribute', name, node: argument });
    }
  const object = childOf(called, 'object');
  if ((method === 'format' || method === 'format_map') && object !== undefined) findFormatted(search, object);
}

/** Finds the attributes in a format string: `"{0.__globals__}".format(f)`. */
function findFormatted({ text, found }: FactSearch, template: SourceNode): void {
  for (const [field] of (readString(template, text) ?? '').matchAll(/\{[^{}]*/g))
    for (const [, name = ''] of field.matchAll(/\.(\w+)/g))
      found({ type: 'attribute', name, node: template });
}
