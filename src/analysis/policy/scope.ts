import type { SourceNode } from './source-tree.ts';

/** A scope of names: the module, a function or lambda, a comprehension, or the body of a class. */
export interface NameScope {
  readonly kind: 'module' | 'function' | 'class';
  readonly parent: NameScope | undefined;
  readonly names: Map<string, Name>;
  /** Names that `global` or `nonlocal` assigns to another scope. */
  readonly elsewhere: Map<string, 'global' | 'nonlocal'>;
}

/** All bindings of one name in one scope. */
export interface Name {
  /** Possible values: an expression with the scope in which it is read, or a path such as `os.system`. */
  readonly values: (Value | string)[];
  /** UTF-16 offset after the first certain binding; infinite when there is none. */
  boundFrom: number;
  /** True when there is a `del`, after which the name refers to an outer scope. */
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

/** Returns the scope in which a binding of this name takes effect, when it is written in `scope`. */
export function ownerOf(name: string, scope: NameScope): NameScope {
  const where = scope.elsewhere.get(name);
  if (where === undefined) return scope;
  let owner = scope.parent ?? scope;
  const isGlobal = where === 'global';
  for (; owner.parent !== undefined; owner = owner.parent) if (!isGlobal && owner.names.has(name)) break;
  return owner;
}
