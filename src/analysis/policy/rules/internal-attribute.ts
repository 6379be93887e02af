import { internalAttributes, internalNames } from '../../../core/contract/policy/deny-lists.ts';
import type { Rule } from './rule.ts';

const attributes = new Set(internalAttributes);
const names = new Set(internalNames);

/** Reports `().__class__.__base__.__subclasses__()` and the like, however the attribute is read. */
export const internalAttribute: Rule = (fact) => {
  const isInternal =
    (fact.type === 'attribute' && attributes.has(fact.name)) ||
    (fact.type === 'name' && names.has(fact.name));
  if (!isInternal) return undefined;
  const { name } = fact;
  return { kind: 'attribute', name, reason: `${name} leads to the interpreter's insides.` };
};
