import { z } from 'zod';
import type { RequestedLimits } from '../../core/contract/limits.ts';
import type { ExecuteRequest } from '../../core/contract/request.ts';
import { findMembers } from '../../core/validation/member-texts.ts';
import { readRequest } from '../../core/validation/read-request.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import {
  choiceField,
  flagField,
  integerField,
  listField,
  optional,
  textField,
  textListField,
} from '../common/fields.ts';
import { cutToCeilings } from '../common/limits.ts';
import { readForeign, type ForeignBody } from '../common/read-foreign.ts';

export const codeTypes = ['SCRIPT', 'FUNCTION'] as const;

/**
 * Maximum number of entries of one list, and maximum number of characters of each: every name of the code is compared
 * with them.
 */
const [MOST_NAMES, MOST_CHARACTERS] = [500, 200];
const names = () => optional(textListField(MOST_NAMES, MOST_CHARACTERS));

export const bodySchema = z.object({
  code: textField(),
  run_safety: flagField().default(true),
  code_type: optional(choiceField(codeTypes)),
  input_values: optional(listField()),
  unsafe_modules: names(),
  unsafe_functions: names(),
  override_default_safety: flagField().default(false),
  timeout_sec: integerField(0).nullish().default(5),
  cpu_time_limit_sec: integerField(0).nullish().default(5),
  memory_limit_mb: integerField(0).nullish().default(256),
  allowed_root: optional(textField()),
  work_dir: optional(textField()),
});

/** Request of a caller of Code Cantation. */
export interface CantationOrder {
  /** The code as a request of Brig, with its arguments and limits; a look at the code decides how it runs. */
  readonly request: ExecuteRequest;
  readonly codeType: (typeof codeTypes)[number] | undefined;
  readonly safety: SafetyOrder | undefined;
  readonly allowedRoot: string | undefined;
  readonly workDir: string | undefined;
}

/** The caller's own lists. */
export interface SafetyOrder {
  readonly modules: readonly string[];
  readonly functions: readonly string[];
  /** True when they replace the default lists. */
  readonly isOverride: boolean;
}

/** @throws Refusal when the code is too large, or the arguments cannot be passed on. */
export function readCantationBody(body: Uint8Array, rules: RequestRules): ForeignBody<CantationOrder> {
  return readForeign(body, bodySchema, (fields, text): CantationOrder => {
    const inputs = findMembers(text, ['input_values']).input_values?.json;
    const args = fields.input_values === undefined ? '[]' : (inputs ?? '[]');
    const code = JSON.stringify(fields.code);
    const request = readRequest(`{"script":${code},"mode":"function","args":${args}}`, rules);
    return {
      request: { ...request, limits: toLimits(fields, rules.policy.ceilings) },
      codeType: fields.code_type,
      safety: fields.run_safety
        ? {
            modules: fields.unsafe_modules ?? [],
            functions: fields.unsafe_functions ?? [],
            isOverride: fields.override_default_safety,
          }
        : undefined,
      allowedRoot: fields.allowed_root,
      workDir: fields.work_dir,
    };
  });
}

/** Cuts the caller's limits to the operator's; output always gets the operator's ceiling. */
function toLimits(
  fields: z.output<typeof bodySchema>,
  ceilings: RequestRules['policy']['ceilings'],
): RequestedLimits {
  const timeout = fields.timeout_sec || ceilings.timeout;
  return cutToCeilings(
    {
      timeout,
      cpu_time: fields.cpu_time_limit_sec || ceilings.cpu_time,
      memory_mb: fields.memory_limit_mb || ceilings.memory_mb,
      output_bytes: ceilings.output_bytes,
    },
    ceilings,
  );
}

export const cantationReader = { name: 'code-cantation', read: readCantationBody };
