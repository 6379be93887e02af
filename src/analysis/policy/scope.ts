import type { SourceNode } from './source-tree.ts';

/** Where names live: the module, a function or lambda, a comprehension, or the body of a class. */
export interface NameScope {
  readonly kind: 'module' | 'function' | 'class';
  readonly parent: NameScope | undefined;
  readonly names: Map<string, Name>;
  /** Names that belong to another scope, by `global` and `nonlocal`. */
  readonly elsewhere: Map<string, 'global' | 'nonlocal'>;
}

/** All that binds one name in one scope. */
export interface Name {
  /** What it may be: an expression, with the scope that this is read in, or a path such as `os.system`. */
  readonly values: (Value | string)[];
  /** UTF-16 offset behind the first binding that surely happens; infinite where there is none. */
  boundFrom: number;
  /** There is a `del`: after it the name is what it is without this scope. */
  isDeleted: boolean;
}

export interface Value {
  readonly node: SourceNode;
  readonly scope: NameScope;
}

export const createScope = (kind: NameScope['kind'], parent?: NameScope): NameScope => ({
  kind,
  parent,
  names: new Map(),
  elsewhere: new Map(),
});

/** The scope in which a binding of this name takes effect, when it is written in `scope`. */
export function ownerOf(name: string, scope: NameScope): NameScope {
  const where = scope.elsewhere.get(name);
  if (where === undefined) return scope;
  let owner = scope.parent ?? scope;
  const isGlobal = where === 'global';
  for (; owner.parent !== undefined; owner = owner.parent) if (!isGlobal && owner.names.has(name)) break;
  return owner;
}
