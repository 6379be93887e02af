import type { Name, NameScope } from './scope.ts';

/** Bindings that may apply where a name is read. */
export interface NameUse {
  /** Innermost scope first. */
  readonly names: readonly Name[];
  /** True when the name may also be a built-in one, or imported with all names of a module. */
  readonly mayBeUnbound: boolean;
}

/**
 * Finds the bindings of a name that is read in the scope `from`, at an offset in UTF-16 units.
 * @param step is called for every scope; may throw.
 */
export function lookUp(name: string, from: NameScope, at: number, step: () => void): NameUse {
  const names: Name[] = [];
  const isGlobal = from.elsewhere.get(name) === 'global';
  for (let scope: NameScope | undefined = from; scope !== undefined; scope = scope.parent) {
    step();
    if (isGlobal && scope.kind !== 'module') continue;
    if (scope.kind === 'class' && scope !== from) continue;
    const entry = scope.names.get(name);
    if (entry === undefined) continue;
    names.push(entry);
    if (isSurelyBound(entry, scope, from, at)) return { names, mayBeUnbound: false };
  }
  return { names, mayBeUnbound: true };
}

/**
 * True when a name cannot mean the built-in one: always for a local of a function, and once it is bound for a module or
 * class.
 */
function isSurelyBound(
  { boundFrom, isDeleted }: Name,
  scope: NameScope,
  from: NameScope,
  at: number,
): boolean {
  if (scope.kind === 'function') return true;
  return !isDeleted && boundFrom !== Infinity && (scope !== from || at >= boundFrom);
}
