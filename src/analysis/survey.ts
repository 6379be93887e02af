import type { Parser } from 'web-tree-sitter';
import { MOST_USES, type Survey, type SurveyLists, type Use } from '../core/contract/survey.ts';
import { createSteps, type Clock } from './clock.ts';
import { parseWithin } from './parse-within.ts';
import { matchNames, prefixesOf } from './policy/deny-matcher.ts';
import type { Fact } from './policy/fact.ts';
import { findFacts } from './policy/find-facts.ts';
import { readString } from './policy/read-string.ts';
import { createPlaces } from './policy/places.ts';
import { createResolver } from './policy/resolve.ts';
import { showName } from './policy/rules/rule.ts';
import { readScopes } from './policy/read-scopes.ts';
import {
  childOf,
  copyTree,
  listArguments,
  nameOf,
  type SourceNode,
  type SourceTree,
} from './policy/source-tree.ts';

interface Hit extends Pick<Use, 'kind' | 'name' | 'written' | 'argument'> {
  readonly node: SourceNode;
}

/**
 * Surveys a script, prepared by `normalizeSource`, on this thread. The parser can be reused, also after a failure.
 * @throws OutOfTime when the clock runs out.
 */
export function surveyScript(parser: Parser, text: string, lists: SurveyLists, isOver: Clock): Survey {
  const tree = parseWithin(parser, text, isOver);
  try {
    const source = copyTree(tree, text, isOver);
    const level = readTopLevel(source);
    const uses = isEmpty(lists) ? [] : findUses(source, lists, isOver);
    return { isReadable: !tree.rootNode.hasError, ...level, uses };
  } finally {
    tree.delete();
  }
}

const isEmpty = ({ modules, functions }: SurveyLists): boolean => modules.length + functions.length === 0;

function readTopLevel({ root, text }: SourceTree): Pick<Survey, 'isFunctionsOnly' | 'lastFunction'> {
  const statements = root.children.filter(({ type }) => type !== 'comment');
  const names = statements.flatMap((statement) => {
    const name = childOf(definitionOf(statement) ?? statement, 'name');
    return definitionOf(statement) === undefined || name === undefined ? [] : [nameOf(name, text)];
  });
  const isPlain = (statement: SourceNode): boolean => {
    const definition = definitionOf(statement);
    // The grammar has no node for the keyword.
    return definition !== undefined && !/^async\b/.test(text.slice(definition.start, definition.start + 6));
  };
  return {
    isFunctionsOnly: names.length > 0 && statements.every((one) => isPlain(one) || isDocstring(one)),
    lastFunction: names.at(-1),
  };
}

function definitionOf(statement: SourceNode): SourceNode | undefined {
  const node = statement.type === 'decorated_definition' ? childOf(statement, 'definition') : statement;
  return node?.type === 'function_definition' ? node : undefined;
}

function isDocstring({ type, children }: SourceNode): boolean {
  const [value, ...rest] = children;
  if (type !== 'expression_statement' || value === undefined || rest.length > 0) return false;
  return value.type === 'string' || value.type === 'concatenated_string';
}

function findUses(source: SourceTree, { modules, functions }: SurveyLists, isOver: Clock): Use[] {
  const step = createSteps(isOver);
  const scopes = readScopes(source, step);
  const listed = new Set(modules);
  const bare = new Set(functions);
  const { matches, reachesInto } = matchNames(functions);
  // An entry `module.*` counts only in calls, because other names of the module are no functions.
  const named = matchNames(functions.filter((name) => !name.endsWith('.*')));
  const moduleOf = (path: string): string | undefined =>
    prefixesOf(path).find((prefix) => listed.has(prefix));
  const hits = new Map<string, Hit>();
  const add = (hit: Hit): void => {
    // One statement may import the same thing in several ways.
    const key = `${placeOf(hit).start} ${hit.name}`;
    if (!hits.has(key)) hits.set(key, hit);
  };

  const judgeUse = (fact: Extract<Fact, { type: 'use' }>): void => {
    const { path, kind, written, node } = fact;
    if (fact.isReached && moduleOf(path) === path) add({ kind: 'import', name: path, written, node });
    if (!matches(path) && !(kind === 'call' && bare.has(written))) return;
    // A function assigned to another name is reported where that name is called.
    if (kind === 'reference' && !(named.matches(path) && PASSED_ON.has(node.parent?.type ?? ''))) return;
    add({ kind, name: showName(path), written, node, argument: firstArgument(node, source.text) });
  };

  const judge = (fact: Fact): void => {
    if (fact.type === 'use') judgeUse(fact);
    if (fact.type === 'star' && reachesInto(fact.path))
      add({ kind: 'import', name: `${fact.path}.*`, written: '*', node: fact.node });
    if (fact.type !== 'import') return;
    const entry = moduleOf(fact.path);
    // Reports the module of `from subprocess import run`, not each of its names too.
    const isMember = fact.node.field === 'name' && fact.node.parent?.type !== 'import_statement';
    if (entry !== undefined && !(isMember && entry !== fact.path))
      add({ kind: 'import', name: fact.path, written: fact.path, node: fact.node });
    else if (named.matches(fact.path))
      add({ kind: 'import', name: showName(fact.path), written: fact.path, node: fact.node });
  };

  findFacts(source, scopes, createResolver(source, scopes, step), judge, step);
  return toUses([...hits.values()], source.text);
}

/** Parents of a function that is passed on as a value. */
const PASSED_ON = new Set([
  'argument_list',
  'keyword_argument',
  'list',
  'tuple',
  'set',
  'pair',
  'return_statement',
]);

function firstArgument(node: SourceNode, text: string): string | undefined {
  const { parent } = node;
  if (parent?.type !== 'call' || node.field !== 'function') return undefined;
  const [first] = listArguments(parent);
  return first === undefined ? undefined : readString(first, text);
}

/** Returns the node of a use; for an import, its statement. */
function placeOf({ node, kind }: Hit): SourceNode {
  if (kind !== 'import') return node;
  let statement: SourceNode | undefined = node;
  while (statement !== undefined && !/^import_(from_)?statement$/.test(statement.type))
    statement = statement.parent;
  return statement ?? node;
}

function toUses(hits: readonly Hit[], text: string): Use[] {
  const places = createPlaces(text);
  return hits
    .toSorted((a, b) => a.node.start - b.node.start || a.node.end - b.node.end)
    .slice(0, MOST_USES)
    .map((hit) => {
      const { kind, name, written, argument } = hit;
      const { line, column } = places(placeOf(hit).start);
      return { kind, name, written, line, column: column - 1, argument };
    });
}
