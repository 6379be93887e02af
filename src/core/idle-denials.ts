import type { OperatorPolicy } from './contract/policy/policy.ts';

/**
 * Warns the operator, in sentences, about settings that deny something only to requests that ask for a policy; empty
 * when every request has one.
 */
export function describeIdleDenials({ mode, floor, modules, functions }: OperatorPolicy): string[] {
  if (mode !== 'off' || floor !== 'off') return [];
  const idle = [
    ...(modules.length === 0 ? [] : ['BRIG_DENY_MODULES']),
    ...(functions.length === 0 ? [] : ['BRIG_DENY_FUNCTIONS']),
  ];
  if (idle.length === 0) return [];
  const [names, verb] = [idle.join(' and '), idle.length === 1 ? 'denies' : 'deny'];
  return [
    `${names} ${verb} nothing to requests that name no policy: set BRIG_DEFAULT_POLICY or BRIG_MIN_POLICY to report or enforce.`,
  ];
}
