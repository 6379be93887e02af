import { readString } from './literals.ts';
import { IMPORTERS, listArguments, READERS, type Resolver } from './resolve.ts';
import { modulePath, type Scopes } from './scopes.ts';
import { childOf, nameOf, type SourceNode, type SourceTree } from './source-tree.ts';

/** A use of a name, as far as the script's text shows; the rules judge it. */
export type Fact =
  /** Imports a module, or a name of a module. */
  | { readonly type: 'import'; readonly path: string; readonly node: SourceNode }
  /** Imports all names of a module. */
  | { readonly type: 'star'; readonly path: string; readonly node: SourceNode }
  /** Calls or reads something that has a full name. */
  | {
      readonly type: 'use';
      readonly path: string;
      readonly kind: 'call' | 'reference';
      /** Spelling in the script. */
      readonly written: string;
      /** True when it is reached through a module or value, and is not a bare name. */
      readonly isReached: boolean;
      readonly node: SourceNode;
    }
  /** Reads or sets an attribute, by whatever means. */
  | { readonly type: 'attribute'; readonly name: string; readonly node: SourceNode }
  /** Reads or binds a name of the script's own namespace. */
  | { readonly type: 'name'; readonly name: string; readonly node: SourceNode }
  /** Imports a module by a value that the text does not show. */
  | { readonly type: 'hidden_import'; readonly path: string; readonly node: SourceNode }
  /** Reads an attribute of a module; the text does not show which. */
  | { readonly type: 'hidden_attribute'; readonly path: string; readonly node: SourceNode };

/** Longest piece of the source in a reason, in UTF-16 units. */
const MOST_WRITTEN = 80;

/** Passes every fact to `found`, those of inner expressions before those of outer ones. */
export function findFacts(
  { nodes, text }: SourceTree,
  scopes: Scopes,
  { resolve }: Resolver,
  found: (fact: Fact) => void,
  step: () => void,
): void {
  const write = (node: SourceNode): string => {
    const whole = text
      .slice(node.start, Math.min(node.end, node.start + MOST_WRITTEN))
      .replaceAll(/\s+/g, ' ');
    return node.end - node.start > MOST_WRITTEN ? `${whole}…` : whole;
  };

  const use = (node: SourceNode): void => {
    const kind = node.field === 'function' && node.parent?.type === 'call' ? 'call' : 'reference';
    const isReached = node.type !== 'identifier';
    for (const path of resolve(node))
      found({ type: 'use', path, kind, written: write(node), isReached, node });
  };

  const readImport = (node: SourceNode): void => {
    const module = childOf(node, 'module_name');
    const from = module === undefined ? undefined : modulePath(module, text);
    // A name that begins with dots is a module of the script's own.
    if (module !== undefined && from === undefined) return;
    if (module !== undefined && from !== undefined) found({ type: 'import', path: from, node: module });
    for (const child of node.children) {
      if (child.type === 'wildcard_import' && from !== undefined)
        found({ type: 'star', path: from, node: child });
      if (child.field !== 'name') continue;
      const dotted = child.type === 'aliased_import' ? childOf(child, 'name') : child;
      if (dotted === undefined) continue;
      const name = nameOf(dotted, text);
      found({ type: 'import', path: from === undefined ? name : `${from}.${name}`, node: dotted });
    }
  };

  const readCall = (node: SourceNode): void => {
    const called = childOf(node, 'function');
    const given = listArguments(node);
    for (const path of called === undefined ? [] : resolve(called)) {
      if (IMPORTERS.has(path)) {
        const name = given[0] && readString(given[0], text);
        found(
          name === undefined ? { type: 'hidden_import', path, node } : { type: 'import', path: name, node },
        );
      }
      const position = READERS.get(path);
      const key = position === undefined ? undefined : given[position];
      if (key === undefined) continue;
      const name = readString(key, text);
      for (const part of name?.split('.') ?? []) found({ type: 'attribute', name: part, node: key });
      if (name === undefined && position === 1 && given[0] !== undefined)
        for (const base of resolve(given[0])) found({ type: 'hidden_attribute', path: base, node });
    }
    if (called?.type !== 'attribute') return;
    const method = nameOf(childOf(called, 'attribute') ?? called, text);
    if (/^__(?:get|set|del)attr(?:ibute)?__$/.test(method))
      for (const argument of given) {
        const name = readString(argument, text);
        if (name !== undefined) found({ type: 'attribute', name, node: argument });
      }
    const object = childOf(called, 'object');
    if ((method === 'format' || method === 'format_map') && object !== undefined) readFormat(object);
  };

  /** Reads the attributes in a format string: `"{0.__globals__}".format(f)`. */
  const readFormat = (object: SourceNode): void => {
    const template = readString(object, text) ?? '';
    for (const [field] of template.matchAll(/\{[^{}]*/g))
      for (const [, name = ''] of field.matchAll(/\.(\w+)/g))
        found({ type: 'attribute', name, node: object });
  };

  const readSubscript = (node: SourceNode): void => {
    use(node);
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

  const visit: Readonly<Record<string, (node: SourceNode) => void>> = {
    import_statement: readImport,
    import_from_statement: readImport,
    identifier: (node) => {
      if (node.field === 'attribute' || node.parent?.type === 'keyword_argument') return visitValue(node);
      found({ type: 'name', name: nameOf(node, text), node });
      visitValue(node);
    },
    attribute: (node) => {
      const attribute = childOf(node, 'attribute');
      if (attribute !== undefined)
        found({ type: 'attribute', name: nameOf(attribute, text), node: attribute });
      use(node);
    },
    keyword_pattern: ({ children: [name] }) => {
      if (name !== undefined) found({ type: 'attribute', name: nameOf(name, text), node: name });
    },
    subscript: readSubscript,
    call: (node) => {
      readCall(node);
      use(node);
    },
  };
  const visitValue = (node: SourceNode): void => {
    if (!scopes.notRead.has(node)) use(node);
  };

  // Backwards, so that inner expressions are resolved before the outer ones need them.
  for (const node of nodes.toReversed()) {
    step();
    visit[node.type]?.(node);
  }
}
