import { dangerousBuiltins } from '../../../core/contract/policy/deny-lists.ts';
import { describeUse } from './denied-function.ts';
import { showName, type Rule } from './rule.ts';

const dangerous = new Set(dangerousBuiltins.map((name) => `builtins.${name}`));

/** Reports `eval`, `exec` and the like, but no function of the script's own with such a name. */
export const dangerousBuiltin: Rule = (fact) => {
  if (fact.type === 'import' && dangerous.has(fact.path)) {
    const name = showName(fact.path);
    return { kind: 'import', name, reason: `${name} runs text as code, or opens up a namespace.` };
  }
  if (fact.type !== 'use' || !dangerous.has(fact.path)) return undefined;
  const { path, kind, written } = fact;
  const name = showName(path);
  return {
    kind,
    name,
    reason: describeUse(name, kind, written, 'runs text as code, or opens up a namespace'),
  };
};
