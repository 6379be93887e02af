import { z } from 'zod';
import { Refusal } from '../refusal.ts';
import type { DenyLists } from './deny-lists.ts';
import { policyRuleNames } from './rules.ts';

/** From the laxest to the strictest, for comparison with the floor. */
export const policyModes = ['off', 'report', 'enforce'] as const;
export type PolicyMode = (typeof policyModes)[number];

/** Maximum number of entries of one list; each is compared with every name of the script. */
export const MOST_DENIED = 500;
const MOST_NAME = 200;

const identifier = String.raw`[\p{XIDS}_][\p{XIDC}]*`;
const modulePattern = new RegExp(String.raw`^${identifier}(?:\.${identifier})*$`, 'u');
const functionPattern = new RegExp(String.raw`^${identifier}(?:\.${identifier})*(?:\.?\*)?$`, 'u');

/** `urllib.request` denies the module and all its submodules. */
export const deniedModuleSchema = z
  .string()
  .max(MOST_NAME)
  .regex(modulePattern, 'a module is named by identifiers with dots between, as in "urllib.request"');

/** `eval`, `os.system`, `os.exec*`, `os.*`. */
export const deniedFunctionSchema = z
  .string()
  .max(MOST_NAME)
  .regex(
    functionPattern,
    'a function is named by identifiers with dots between, as in "os.system"; "os.*" is all of os, a name without a dot a built-in',
  );

/** Policy in a request. */
export const policyRequestSchema = z
  .strictObject({
    mode: z.enum(policyModes).optional().meta({
      description:
        '`off`: no analysis; `report`: findings come with the answer; `enforce`: with a finding nothing is run.',
    }),
    deny_modules: z.array(deniedModuleSchema).max(MOST_DENIED).default([]).meta({
      description: 'Modules that are denied beside the built-in ones, each with its submodules.',
    }),
    deny_functions: z.array(deniedFunctionSchema).max(MOST_DENIED).default([]).meta({
      description:
        'Functions that are denied beside the built-in ones: `open`, `os.remove`, `os.*`; a name without a dot is a built-in function.',
    }),
  })
  .superRefine(({ mode, deny_modules: modules, deny_functions: functions }, context) => {
    if (mode !== undefined || modules.length + functions.length === 0) return;
    const message = 'say what the lists are for: "report" or "enforce"';
    context.addIssue({ code: 'custom', path: ['mode'], message });
  });
export type PolicyRequest = z.output<typeof policyRequestSchema>;

/**
 * Use of a finding's name: imported, called, passed on or read, or written as an attribute; `source` for the text as
 * a whole.
 */
export const findingKinds = ['import', 'call', 'reference', 'attribute', 'source'] as const;

export const policyFindingSchema = z.object({
  rule: z.enum(policyRuleNames),
  kind: z.enum(findingKinds),
  name: z
    .string()
    .meta({ description: 'The full name of what was found, whatever the script calls it: `os.system`.' }),
  line: z.number().int().meta({ description: 'From 1.' }),
  column: z.number().int().meta({ description: 'From 1, in characters.' }),
  reason: z.string().meta({ description: 'A sentence.' }),
  file: z.string().optional().meta({
    description:
      'The path of the file of the request in which it was found; not there for the script itself.',
  }),
});
/** One finding of the policy in a script. */
export type PolicyFinding = z.infer<typeof policyFindingSchema>;

/** Maximum number of findings listed; a script can have a hundred thousand. */
export const MOST_FINDINGS = 100;

export const policyReportSchema = z.object({
  mode: z.enum(['report', 'enforce']),
  findings: z.array(policyFindingSchema).meta({
    description: `In the order of the source, the script's own first; the first ${MOST_FINDINGS} of them.`,
  }),
  total: z.number().int().meta({ description: 'How many there are.' }),
});
export type PolicyReport = z.infer<typeof policyReportSchema>;

/** Findings of an analysis, without their consequence. */
export type PolicyFindings = Pick<PolicyReport, 'findings' | 'total'>;

/** The operator's policy. */
export interface OperatorPolicy extends DenyLists {
  /** Mode of requests that set none. */
  readonly mode: PolicyMode;
  /** Laxest mode that a request may ask for. */
  readonly floor: PolicyMode;
}

/** Policy of one execution; its lists are in addition to the built-in ones. */
export interface EffectivePolicy extends DenyLists {
  readonly mode: 'report' | 'enforce';
}

const isBelow = (mode: PolicyMode, floor: PolicyMode): boolean =>
  policyModes.indexOf(mode) < policyModes.indexOf(floor);

/**
 * Completes the requested policy with the operator's; undefined when nothing is to be analysed.
 * @throws Refusal `invalid_input` for a mode below the operator's floor: nothing is changed silently.
 */
export function resolvePolicy(
  asked: PolicyRequest | undefined,
  { mode: usual, floor, modules, functions }: OperatorPolicy,
): EffectivePolicy | undefined {
  if (asked?.mode !== undefined && isBelow(asked.mode, floor)) {
    throw new Refusal(
      'invalid_input',
      `policy.mode is "${asked.mode}", below its floor of "${floor}" here.`,
      {
        suggestions: [`Ask for the mode "${floor}", or leave "policy" out.`],
      },
    );
  }
  const mode = asked?.mode ?? (isBelow(usual, floor) ? floor : usual);
  if (mode === 'off') return undefined;
  return {
    mode,
    modules: [...modules, ...(asked?.deny_modules ?? [])],
    functions: [...functions, ...(asked?.deny_functions ?? [])],
  };
}
