import { canonicalPath } from '../paths.ts';
import type { SourceNode } from '../source-tree.ts';
import { showName, type Rule } from './rule.ts';

/**
 * Reports a denied module that is imported, or reached through another: `shutil.subprocess`,
 * `sys.modules["subprocess"]`.
 */
export const deniedModule: Rule = (fact, denied) => {
  if (fact.type === 'import') {
    const entry = denied.deniedModule(fact.path) ?? denied.deniedModule(canonicalPath(fact.path));
    if (entry === undefined) return undefined;
    // Reports the module of `from subprocess import run`, not each of its names too.
    if (isMember(fact.node) && entry !== fact.path) return undefined;
    const name = showName(fact.path);
    const part = name === entry ? '' : `, a part of ${entry},`;
    return { kind: 'import', name, reason: `The module ${name}${part} is denied.` };
  }
  if (fact.type !== 'use' || !fact.isReached || denied.deniedModule(fact.path) !== fact.path)
    return undefined;
  const name = showName(fact.path);
  return { kind: 'reference', name, reason: `${fact.written} is the module ${name}, which is denied.` };
};

function isMember({ field, parent }: SourceNode): boolean {
  return field === 'name' && parent !== undefined && MEMBERS.has(parent.type);
}

const MEMBERS = new Set(['import_from_statement', 'aliased_import']);
