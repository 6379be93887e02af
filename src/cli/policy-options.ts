import type { Command } from 'commander';
import { readEnvironment } from './dotenv.ts';
import { parseConfig, toOperatorPolicy } from '../config.ts';
import { policyRequestSchema, resolvePolicy, type EffectivePolicy } from '../core/contract/policy/policy.ts';
import { Refusal } from '../core/contract/refusal.ts';

/** Options of `--policy` and its companions. */
export interface PolicyOptions {
  readonly policy?: string;
  readonly denyModule: readonly string[];
  readonly denyFunction: readonly string[];
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

export function addPolicyOptions(command: Command): Command {
  return command
    .option('--policy <mode>', 'judge the text first: off, report, or enforce to run nothing with a finding')
    .option('--deny-module <name>', 'a module that is denied too; once for each', collect, [])
    .option('--deny-function <name>', 'a function that is denied too; once for each', collect, []);
}

/**
 * Returns the policy field of a request. A denied name without a mode implies `enforce`, which is what its author
 * means.
 */
export function toPolicyField({ policy, denyModule, denyFunction }: PolicyOptions, usual?: string): object {
  const isNamed = denyModule.length + denyFunction.length > 0;
  const mode = policy ?? (isNamed ? 'enforce' : usual);
  return mode === undefined
    ? {}
    : { policy: { mode, deny_modules: denyModule, deny_functions: denyFunction } };
}

/**
 * Returns the policy of a command that runs nothing; `report` by default.
 * @throws Refusal when an option is invalid, or weaker than the operator's policy.
 */
export function readPolicy(options: PolicyOptions): EffectivePolicy | undefined {
  const operator = toOperatorPolicy(parseConfig(readEnvironment()));
  const usual = operator.floor === 'enforce' ? 'enforce' : 'report';
  const { policy } = toPolicyField(options, usual) as { policy?: unknown };
  const parsed = policyRequestSchema.safeParse(policy);
  if (parsed.success) return resolvePolicy(parsed.data, operator);
  const lines = parsed.error.issues.map(({ path, message }) => `policy.${path.join('.')}: ${message}`);
  throw new Refusal('invalid_input', `${lines.join('; ')}.`);
}
