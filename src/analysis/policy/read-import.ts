import { childOf, nameOf, type SourceNode } from './source-tree.ts';

/** Parts of an import statement. */
export interface ImportStatement {
  /** The module after `from`; undefined for `import a.b`. */
  readonly module: { readonly node: SourceNode; readonly path: string } | undefined;
  /** True when the module begins with dots: it is one of the script's own. */
  readonly isRelative: boolean;
  /** The `*` of `from a import *`. */
  readonly star: SourceNode | undefined;
  readonly names: readonly ImportedName[];
}

export interface ImportedName {
  /** The name with its alias. */
  readonly node: SourceNode;
  readonly dotted: SourceNode;
  readonly alias: SourceNode | undefined;
}

export function readImport(statement: SourceNode, text: string): ImportStatement {
  const module = childOf(statement, 'module_name');
  const isRelative = module !== undefined && module.type !== 'dotted_name';
  return {
    module: module === undefined ? undefined : { node: module, path: nameOf(module, text) },
    isRelative,
    star: statement.children.find(({ type }) => type === 'wildcard_import'),
    names: statement.children.flatMap(readName),
  };
}

function readName(node: SourceNode): ImportedName[] {
  if (node.field !== 'name') return [];
  if (node.type !== 'aliased_import') return [{ node, dotted: node, alias: undefined }];
  const dotted = childOf(node, 'name');
  return dotted === undefined ? [] : [{ node, dotted, alias: childOf(node, 'alias') }];
}
