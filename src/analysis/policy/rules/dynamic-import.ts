import { dynamicImports } from '../../../core/contract/policy/deny-lists.ts';
import { matchNames } from '../deny-matcher.ts';
import { IMPORTERS } from '../reflection.ts';
import { describeUse } from './denied-function.ts';
import { showName, type Rule } from './rule.ts';

const { matches } = matchNames(dynamicImports);

/**
 * Reports an import by a computed name, and code made from a value. A literal name makes an import like any other.
 */
export const dynamicImport: Rule = (fact) => {
  if (fact.type === 'hidden_import') {
    const name = showName(fact.path);
    return { kind: 'call', name, reason: `Which module ${name} gives here cannot be told from the text.` };
  }
  if ('path' in fact && isClass(fact.path) && !(fact.type === 'use' && fact.kind === 'call'))
    return undefined;
  if (fact.type === 'import' && !IMPORTERS.has(fact.path) && matches(fact.path)) {
    const name = showName(fact.path);
    return { kind: 'import', name, reason: `${name} imports or makes code by a value.` };
  }
  if (fact.type !== 'use' || !matches(fact.path)) return undefined;
  // Their arguments are facts of their own.
  if (fact.kind === 'call' && IMPORTERS.has(fact.path)) return undefined;
  const { path, kind, written } = fact;
  const name = showName(path);
  return { kind, name, reason: describeUse(name, kind, written, 'imports or makes code by a value') };
};

/** A class is harmless as a reference (`isinstance(f, types.FunctionType)`); calling it makes code. */
const isClass = (path: string): boolean => path.startsWith('types.');
