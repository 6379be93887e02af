import type { Parser } from 'web-tree-sitter';
import type { DenyLists } from '../../core/contract/policy/deny-lists.ts';
import { MOST_FINDINGS, type PolicyFinding, type PolicyFindings } from '../../core/contract/policy/policy.ts';
import type { PolicyRuleName } from '../../core/contract/policy/rules.ts';
import { createSteps, type Clock } from '../clock.ts';
import { parseWithin } from '../parse-within.ts';
import { createDenyMatcher } from './deny-matcher.ts';
import type { Fact } from './fact.ts';
import { findFacts } from './find-facts.ts';
import { createPlaces } from './places.ts';
import { createResolver } from './resolve.ts';
import { dangerousBuiltin } from './rules/dangerous-builtin.ts';
import { deniedFunction } from './rules/denied-function.ts';
import { deniedModule } from './rules/denied-module.ts';
import { dynamicImport } from './rules/dynamic-import.ts';
import { internalAttribute } from './rules/internal-attribute.ts';
import type { Judgement, Rule } from './rules/rule.ts';
import { readScopes } from './read-scopes.ts';
import { copyTree, type SourceNode } from './source-tree.ts';

/** Rules that judge facts. The other two report on the source and on the analysis itself. */
const rules: Readonly<Record<Exclude<PolicyRuleName, 'unreadable_source' | 'not_analysed'>, Rule>> = {
  denied_module: deniedModule,
  denied_function: deniedFunction,
  dangerous_builtin: dangerousBuiltin,
  internal_attribute: internalAttribute,
  dynamic_import: dynamicImport,
};
const namedRules = Object.entries(rules) as [PolicyRuleName, Rule][];

interface Hit extends Judgement {
  readonly rule: PolicyRuleName;
  readonly node: SourceNode;
}

/**
 * Judges a script, prepared by `normalizeSource`, on this thread. The parser can be reused, also after a failure.
 * @throws OutOfTime when the clock runs out.
 */
export function analysePolicy(parser: Parser, text: string, lists: DenyLists, isOver: Clock): PolicyFindings {
  const tree = parseWithin(parser, text, isOver);
  try {
    const source = copyTree(tree, text, isOver);
    const step = createSteps(isOver);
    const scopes = readScopes(source, step);
    const resolver = createResolver(source, scopes, step);
    const denied = createDenyMatcher(lists);
    const hits = new Map<string, Hit>();
    const judge = (fact: Fact): void => {
      for (const [rule, judgeBy] of namedRules) {
        const judgement = judgeBy(fact, denied);
        if (judgement === undefined) continue;
        const key = `${rule} ${fact.node.start} ${judgement.name}`;
        if (!hits.has(key)) hits.set(key, { ...judgement, rule, node: fact.node });
      }
    };
    findFacts(source, scopes, resolver, judge, step);
    for (const node of tree.rootNode.hasError ? [source.root, ...source.faults] : [])
      if (node !== source.root || source.faults.length === 0)
        hits.set(`unreadable_source ${node.start}`, { ...unreadable, node });
    if (resolver.hasGivenUp()) hits.set('not_analysed', { ...tangled, node: source.root });
    return toFindings([...hits.values()], text);
  } finally {
    tree.delete();
  }
}

const unreadable: Omit<Hit, 'node'> = {
  rule: 'unreadable_source',
  kind: 'source',
  name: 'source',
  reason: 'The source could not be read here, so what it does cannot be told.',
};

const tangled: Omit<Hit, 'node'> = {
  rule: 'not_analysed',
  kind: 'source',
  name: 'source',
  reason: 'The names of the source are too tangled to follow to their end.',
};

/** Findings of an analysis that was not completed. */
export const notAnalysed: PolicyFindings = {
  findings: [
    {
      rule: 'not_analysed',
      kind: 'source',
      name: 'source',
      line: 1,
      column: 1,
      reason: 'The source could not be analysed in time.',
    },
  ],
  total: 1,
};

function toFindings(hits: readonly Hit[], text: string): PolicyFindings {
  const placeOf = createPlaces(text);
  const findings = hits
    .toSorted((a, b) => a.node.start - b.node.start || a.node.end - b.node.end)
    .slice(0, MOST_FINDINGS)
    .map(({ rule, kind, name, reason, node }): PolicyFinding => {
      const { line, column } = placeOf(node.start);
      return { rule, kind, name, line, column, reason };
    });
  return { findings, total: hits.length };
}
