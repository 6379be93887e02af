import { readString } from './read-string.ts';
import { lookUp } from './look-up.ts';
import { canonicalPath } from './paths.ts';
import { IMPORTERS } from './reflection.ts';
import { extend, isComplete, NOTHING, unite, type Paths, type Resolution } from './resolution.ts';
import type { Name } from './scope.ts';
import { childOf, listArguments, nameOf, type SourceNode } from './source-tree.ts';

/** Resolves expressions of one node type. */
type NodeResolver = (resolution: Resolution, node: SourceNode) => Paths;

const resolveIdentifier: NodeResolver = (resolution, node) => {
  const { text, scopes, step } = resolution;
  const name = nameOf(node, text);
  const { names, mayBeUnbound } = lookUp(name, scopes.scopeOf(node), node.start, step);
  const found = names.map((one) => resolveName(resolution, one));
  if (!mayBeUnbound) return unite(resolution, found);
  const builtIn = name === '__builtins__' ? 'builtins' : `builtins.${name}`;
  const imported = [...scopes.stars].map((module) => canonicalPath(`${module}.${name}`));
  return unite(resolution, [...found, [builtIn], imported]);
};

function resolveName(resolution: Resolution, name: Name): Paths {
  const { knownNames, underWay } = resolution;
  const before = knownNames.get(name);
  if (before !== undefined) return before;
  if (underWay.has(name)) {
    resolution.cycles += 1;
    return NOTHING;
  }
  const met = resolution.cycles;
  underWay.add(name);
  const paths = unite(
    resolution,
    name.values.map((value) =>
      typeof value === 'string' ? [canonicalPath(value)] : resolution.resolve(value.node),
    ),
  );
  underWay.delete(name);
  if (isComplete(resolution, met)) knownNames.set(name, paths);
  return paths;
}

const resolveAttribute: NodeResolver = (resolution, node) => {
  const attribute = childOf(node, 'attribute');
  if (attribute === undefined) return NOTHING;
  return extend(resolution, resolveField(resolution, node, 'object'), nameOf(attribute, resolution.text));
};

/** Resolves `sys.modules["os"]`, `vars(os)["system"]`, `__builtins__["eval"]`. */
const resolveSubscript: NodeResolver = (resolution, node) => {
  const key = childOf(node, 'subscript');
  const name = key === undefined ? undefined : readString(key, resolution.text);
  if (name === undefined) return NOTHING;
  return unite(
    resolution,
    resolveField(resolution, node, 'value').map((base) =>
      base === 'sys.modules' ? [canonicalPath(name)] : extend(resolution, [base], name),
    ),
  );
};

const resolveCall: NodeResolver = (resolution, node) =>
  unite(
    resolution,
    resolveField(resolution, node, 'function').map((path) => resolveResult(resolution, path, node)),
  );

/** Resolves the result of a call to the function with this path. */
function resolveResult(resolution: Resolution, path: string, call: SourceNode): Paths {
  if (IMPORTERS.has(path)) return resolveImported(resolution, path, listArguments(call));
  if (path !== 'builtins.getattr' && path !== 'builtins.vars') return NOTHING;
  const [first, second] = listArguments(call);
  if (first === undefined) return NOTHING;
  if (path === 'builtins.vars') return resolution.resolve(first);
  const name = second && readString(second, resolution.text);
  return name === undefined ? NOTHING : extend(resolution, resolution.resolve(first), name);
}

function resolveImported(
  resolution: Resolution,
  path: string,
  [first, ...others]: readonly SourceNode[],
): Paths {
  const name = first && readString(first, resolution.text);
  if (name === undefined) return NOTHING;
  // The built-in returns the first module of a dotted name, unless its further arguments ask for the last.
  const isFirst = path !== 'importlib.import_module' && others.length === 0;
  const [top = name] = name.split('.', 1);
  return unite(resolution, [[canonicalPath(name)], isFirst ? [canonicalPath(top)] : NOTHING]);
}

function resolveField(resolution: Resolution, node: SourceNode, field: string): Paths {
  const child = childOf(node, field);
  return child === undefined ? NOTHING : resolution.resolve(child);
}

/** Resolvers by node type; nothing is known of other expressions. */
export const resolvers: Readonly<Record<string, NodeResolver>> = {
  identifier: resolveIdentifier,
  attribute: resolveAttribute,
  subscript: resolveSubscript,
  call: resolveCall,
  named_expression: (resolution, node) => resolveField(resolution, node, 'value'),
  conditional_expression: (resolution, { children: [then, , otherwise] }) =>
    unite(
      resolution,
      [then, otherwise].map((part) => (part ? resolution.resolve(part) : NOTHING)),
    ),
  boolean_operator: (resolution, node) =>
    unite(resolution, [resolveField(resolution, node, 'left'), resolveField(resolution, node, 'right')]),
};
