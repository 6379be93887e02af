import { showName, type Rule } from './rule.ts';

/** Reports a denied function that is called, imported, or passed as a value. */
export const deniedFunction: Rule = (fact, denied) => {
  if (fact.type === 'import' && denied.deniesFunction(fact.path)) {
    const name = showName(fact.path);
    return { kind: 'import', name, reason: `${name} is denied.` };
  }
  if (fact.type === 'star' && denied.deniesWithin(fact.path)) {
    const name = `${showName(fact.path)}.*`;
    return { kind: 'import', name, reason: `It brings in functions of ${fact.path} that are denied.` };
  }
  if (fact.type === 'hidden_attribute' && (fact.path === 'builtins' || denied.deniesWithin(fact.path))) {
    const name = `${showName(fact.path)}.*`;
    return {
      kind: 'reference',
      name,
      reason: `Which function of ${fact.path} this reads cannot be told, and some of them are denied.`,
    };
  }
  if (fact.type !== 'use' || !denied.deniesFunction(fact.path)) return undefined;
  const { kind, written, node } = fact;
  // Reports only the whole of a longer name: `os.environ.get` without `os.environ`, when `os.*` is denied.
  if (
    node.field === 'object' &&
    node.parent?.type === 'attribute' &&
    denied.deniesFunction(`${fact.path}.`)
  ) {
    return undefined;
  }
  return {
    kind,
    name: showName(fact.path),
    reason: describeUse(showName(fact.path), kind, written, 'is denied'),
  };
};

export function describeUse(name: string, kind: 'call' | 'reference', written: string, why: string): string {
  if (kind === 'call')
    return written === name ? `${name}() ${why}.` : `${written}() is ${name}(), which ${why}.`;
  return written === name ? `${name} ${why}, as a value too.` : `${written} is ${name}, which ${why}.`;
}
