import { findCallFacts } from './call-facts.ts';
import type { Fact, FactSearch } from './fact.ts';
import { readString } from './read-string.ts';
import { readImport } from './read-import.ts';
import type { Resolver } from './resolve.ts';
import type { Scopes } from './read-scopes.ts';
import { childOf, nameOf, type SourceNode, type SourceTree } from './source-tree.ts';

/** Longest piece of the source in a reason, in UTF-16 units. */
const MOST_WRITTEN = 80;

/** Passes every fact to `found`, those of inner expressions before those of outer ones. */
export function findFacts(
  { nodes, text }: SourceTree,
  { notRead }: Scopes,
  { resolve }: Resolver,
  found: (fact: Fact) => void,
  step: () => void,
): void {
  const search: FactSearch = { text, notRead, resolve, found };
  // Backwards, so that inner expressions are resolved before the outer ones need them.
  for (const node of nodes.toReversed()) {
    step();
    finders[node.type]?.(search, node);
  }
}

/** Finds the facts of one node. */
type Finder = (search: FactSearch, node: SourceNode) => void;

const findImportFacts: Finder = ({ text, found }, statement) => {
  const { module, isRelative, star, names } = readImport(statement, text);
  if (isRelative) return;
  if (module !== undefined) found({ type: 'import', path: module.path, node: module.node });
  if (module !== undefined && star !== undefined) found({ type: 'star', path: module.path, node: star });
  for (const { dotted } of names) {
    const name = nameOf(dotted, text);
    found({
      type: 'import',
      path: module === undefined ? name : `${module.path}.${name}`,
      node: dotted,
    });
  }
};

const findUse: Finder = ({ text, resolve, found }, node) => {
  const kind = node.field === 'function' && node.parent?.type === 'call' ? 'call' : 'reference';
  const isReached = node.type !== 'identifier';
  for (const path of resolve(node))
    found({ type: 'use', path, kind, written: writeShort(node, text), isReached, node });
};

const findIdentifierFacts: Finder = (search, node) => {
  const { text, notRead, found } = search;
  const isLabel = node.field === 'attribute' || node.parent?.type === 'keyword_argument';
  if (!isLabel) found({ type: 'name', name: nameOf(node, text), node });
  if (!notRead.has(node)) findUse(search, node);
};

function findAttribute({ text, found }: FactSearch, attribute: SourceNode | undefined): void {
  if (attribute !== undefined) found({ type: 'attribute', name: nameOf(attribute, text), node: attribute });
}

const findSubscriptFacts: Finder = (search, node) => {
  const { text, resolve, found } = search;
  findUse(search, node);
  const value = childOf(node, 'value');
  const key = childOf(node, 'subscript');
  if (value === undefined || key === undefined || readString(key, text) !== undefined) return;
  const attribute = childOf(value, 'attribute');
  const isNamespace = attribute !== undefined && nameOf(attribute, text) === '__dict__';
  for (const path of resolve(value)) {
    if (path === 'sys.modules' && text.slice(key.start, key.end) !== '__name__')
      found({ type: 'hidden_import', path, node });
    else if (isNamespace || value.type === 'call') found({ type: 'hidden_attribute', path, node });
  }
};

/** Finders by node type. */
const finders: Readonly<Record<string, Finder>> = {
  import_statement: findImportFacts,
  import_from_statement: findImportFacts,
  identifier: findIdentifierFacts,
  attribute: (search, node) => {
    findAttribute(search, childOf(node, 'attribute'));
    findUse(search, node);
  },
  keyword_pattern: (search, { children: [name] }) => findAttribute(search, name),
  subscript: findSubscriptFacts,
  call: (search, node) => {
    findCallFacts(search, node);
    findUse(search, node);
  },
};

/** Returns the spelling of a node, cut at `MOST_WRITTEN` and in one line. */
function writeShort({ start, end }: SourceNode, text: string): string {
  const beginning = text.slice(start, Math.min(end, start + MOST_WRITTEN)).replaceAll(/\s+/g, ' ');
  return end - start > MOST_WRITTEN ? `${beginning}…` : beginning;
}
