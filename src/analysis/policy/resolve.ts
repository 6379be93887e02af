import { readString } from './literals.ts';
import { canonicalPath, MOST_SEGMENTS } from './paths.ts';
import type { Name, NameScope } from './scope.ts';
import type { Scopes } from './scopes.ts';
import { childOf, nameOf, unwrap, type SourceNode, type SourceTree } from './source-tree.ts';

/** Most levels of nested expressions; anything deeper was resolved before, or counts as given up. */
const MOST_LEVELS = 200;
/** Most expressions resolved in total, repeats included: hostile cycles of names cost time. */
const MOST_STEPS = 2_000_000;
/** Most things that one expression may be. */
const MOST_PATHS = 32;

/** Functions that return a module for its name. */
export const IMPORTERS: ReadonlySet<string> = new Set([
  'builtins.__import__',
  'importlib.import_module',
  'importlib.__import__',
]);
/** Functions that read an attribute by its name, with the index of that argument. */
export const READERS: ReadonlyMap<string, number> = new Map([
  ['builtins.getattr', 1],
  ['builtins.setattr', 1],
  ['builtins.delattr', 1],
  ['builtins.hasattr', 1],
  ['operator.attrgetter', 0],
  ['operator.methodcaller', 0],
  ['inspect.getattr_static', 1],
]);

const NOTHING: readonly string[] = [];

/** Resolves expressions to the full names of modules, functions and built-ins. */
export interface Resolver {
  /** Returns canonical paths; empty when nothing is known. */
  resolve(node: SourceNode): readonly string[];
  /** True when something was not resolved completely. */
  readonly hasGivenUp: () => boolean;
}

/** @param step is called for every piece of work, of which cycles of names make many; may throw. */
export function createResolver({ text }: SourceTree, scopes: Scopes, step: () => void): Resolver {
  const known = new Map<SourceNode, readonly string[]>();
  const knownNames = new Map<Name, readonly string[]>();
  const underWay = new Set<Name>();
  let level = 0;
  let steps = 0;
  /** Count of encounters with a name that is still being resolved; results found meanwhile are incomplete. */
  let circles = 0;
  let hasGivenUp = false;

  const unite = (lists: Iterable<readonly string[]>): readonly string[] => {
    const all = new Set<string>();
    for (const list of lists) {
      step();
      for (const path of list) all.add(path);
    }
    if (all.size <= MOST_PATHS) return all.size === 0 ? NOTHING : [...all];
    hasGivenUp = true;
    return [...all].slice(0, MOST_PATHS);
  };

  const resolve = (node: SourceNode): readonly string[] => {
    step();
    const before = known.get(node);
    if (before !== undefined && ++steps <= MOST_STEPS) return before;
    if (level >= MOST_LEVELS || ++steps > MOST_STEPS) {
      hasGivenUp = true;
      return NOTHING;
    }
    const met = circles;
    level++;
    const paths = read(unwrap(node));
    level--;
    if (circles === met || underWay.size === 0) known.set(node, paths);
    return paths;
  };

  const read = (node: SourceNode): readonly string[] => {
    switch (node.type) {
      case 'identifier':
        return lookUp(nameOf(node, text), scopes.scopeOf(node), node.start);
      case 'attribute':
        return readAttribute(node);
      case 'subscript':
        return readSubscript(node);
      case 'call':
        return readCall(node);
      case 'named_expression':
        return resolveField(node, 'value');
      case 'conditional_expression':
        return unite([node.children[0], node.children[2]].map((part) => (part ? resolve(part) : NOTHING)));
      case 'boolean_operator':
        return unite([resolveField(node, 'left'), resolveField(node, 'right')]);
      default:
        return NOTHING;
    }
  };

  const resolveField = (node: SourceNode, field: string): readonly string[] => {
    const child = childOf(node, field);
    return child === undefined ? NOTHING : resolve(child);
  };

  const extend = (bases: readonly string[], name: string): readonly string[] =>
    bases.length === 0
      ? NOTHING
      : unite(
          bases.map((base) => {
            if (name === '__dict__') return [base];
            // Any other base is a built-in function or unknown, and neither has modules.
            if (base.startsWith('builtins.') || base.split('.').length >= MOST_SEGMENTS) return NOTHING;
            return [canonicalPath(`${base}.${name}`)];
          }),
        );

  const readAttribute = (node: SourceNode): readonly string[] => {
    const attribute = childOf(node, 'attribute');
    return attribute === undefined ? NOTHING : extend(resolveField(node, 'object'), nameOf(attribute, text));
  };

  /** Resolves `sys.modules["os"]`, `vars(os)["system"]`, `__builtins__["eval"]`. */
  const readSubscript = (node: SourceNode): readonly string[] => {
    const key = childOf(node, 'subscript');
    const name = key === undefined ? undefined : readString(key, text);
    if (name === undefined) return NOTHING;
    return unite(
      resolveField(node, 'value').map((base) =>
        base === 'sys.modules' ? [canonicalPath(name)] : extend([base], name),
      ),
    );
  };

  const readCall = (node: SourceNode): readonly string[] => {
    const argument = (index: number): SourceNode | undefined => listArguments(node)[index];
    return unite(
      resolveField(node, 'function').map((path) => {
        const first = argument(0);
        if (IMPORTERS.has(path) && first !== undefined) {
          const name = readString(first, text);
          if (name === undefined) return NOTHING;
          // The built-in returns the first module of a dotted name, unless its further arguments ask for the last.
          const isFirst = path !== 'importlib.import_module' && listArguments(node).length === 1;
          return unite([
            [canonicalPath(name)],
            isFirst ? [canonicalPath(name.split('.', 1)[0] ?? name)] : [],
          ]);
        }
        const second = argument(1);
        if (path === 'builtins.getattr' && first !== undefined && second !== undefined) {
          const name = readString(second, text);
          return name === undefined ? NOTHING : extend(resolve(first), name);
        }
        return path === 'builtins.vars' && first !== undefined ? resolve(first) : NOTHING;
      }),
    );
  };

  const lookUp = (name: string, from: NameScope, at: number): readonly string[] => {
    const found: (readonly string[])[] = [];
    const isGlobal = from.elsewhere.get(name) === 'global';
    for (let scope: NameScope | undefined = from; scope !== undefined; scope = scope.parent) {
      step();
      if (isGlobal && scope.kind !== 'module') continue;
      if (scope.kind === 'class' && scope !== from) continue;
      const entry = scope.names.get(name);
      if (entry === undefined) continue;
      found.push(resolveName(entry));
      if (!mayBeUnbound(entry, scope, from, at)) return unite(found);
    }
    const elsewhere = [...scopes.stars].map((module) => canonicalPath(`${module}.${name}`));
    return unite([...found, [name === '__builtins__' ? 'builtins' : `builtins.${name}`], elsewhere]);
  };

  const resolveName = (entry: Name): readonly string[] => {
    const before = knownNames.get(entry);
    if (before !== undefined) return before;
    if (underWay.has(entry)) {
      circles++;
      return NOTHING;
    }
    const met = circles;
    underWay.add(entry);
    const paths = unite(
      entry.values.map((value) => (typeof value === 'string' ? [canonicalPath(value)] : resolve(value.node))),
    );
    underWay.delete(entry);
    if (circles === met || underWay.size === 0) knownNames.set(entry, paths);
    return paths;
  };

  return { resolve, hasGivenUp: () => hasGivenUp };
}

/**
 * True when a name may still mean the built-in one: never for a local of a function, and until it is bound for a
 * module or class.
 */
function mayBeUnbound(
  { boundFrom, isDeleted }: Name,
  scope: NameScope,
  from: NameScope,
  at: number,
): boolean {
  if (scope.kind === 'function') return false;
  return isDeleted || boundFrom === Infinity || (scope === from && at < boundFrom);
}

/** Returns the positional arguments of a call, up to the first that is unpacked. */
export function listArguments(call: SourceNode): readonly SourceNode[] {
  const list = childOf(call, 'arguments');
  const all = list?.children.filter(({ type }) => type !== 'comment') ?? [];
  const end = all.findIndex(({ type }) => type === 'list_splat' || type === 'keyword_argument');
  return end < 0 ? all : all.slice(0, end);
}
