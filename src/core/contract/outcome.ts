import { z } from 'zod';
import { checkJson } from './check-json.ts';
import { errorCategories, type ErrorCategory, type RefusalCategory } from './error-category.ts';
import { reviewSchema, type Generation } from './generation/generation.ts';
import { filesReportSchema, returnedFileSchema, type ReturnedFile } from './files/returned-files.ts';
import type { CellReport } from './sessions/session.ts';
import { isolationSchema } from './isolation.ts';
import { limitsSchema } from './limits.ts';
import { networkReportSchema } from './network/report.ts';
import { locationSchema } from './location.ts';
import { validationSchema } from './validation-report.ts';
import { policyReportSchema } from './policy/policy.ts';
import { runtimeNames } from './runtimes.ts';

/**
 * JSON text that a script returned, checked to be JSON and otherwise unchanged: parsing and rewriting it would lose
 * digits of integers beyond 2^53 and the point of `5.0`.
 */
export type JsonText = string & z.$brand<'JsonText'>;

/**
 * Checks step by step whether a text is JSON; run it to its end, with more urgent work in between. Hostile text
 * (deep, broken, not JSON) returns undefined, never an exception.
 */
export function* checkJsonText(text: string): Generator<undefined, JsonText | undefined> {
  return (yield* checkJson(text)) ? (text as JsonText) : undefined;
}

/** The same at once: a megabyte takes about ten milliseconds. */
export function toJsonText(text: string): JsonText | undefined {
  const steps = checkJsonText(text);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Result of a run that returns nothing. */
export const nullResult = 'null' as JsonText;

const streamReportSchema = z.object({
  bytes: z.number().int().meta({ description: 'All that the script wrote, also what was cut.' }),
  truncated: z.boolean().meta({ description: 'Whether something between head and tail was cut.' }),
});

/**
 * Enforcement of a layer of isolation on this host, in a word: `cgroup-v1`, `cgroup-v2`, `rlimit`, `namespace`,
 * `seccomp`.
 */
export const enforcementSchema = z.object({
  memory: z.string(),
  processes: z.string(),
  cpu: z.string(),
  network: z.string(),
  filesystem: z.string(),
  syscalls: z.string(),
  identity: z.string().meta({
    description:
      "Whose ids jails have on the host: `own-id`, one for each; `subordinate-id`, the same from /etc/subuid; `one-id`, one for all; `shared-id`, the service's own, and then no epoll.",
  }),
});
export type Enforcement = z.infer<typeof enforcementSchema>;

export const executionSchema = z.object({
  id: z.string().meta({ description: "The request's `execution_id`, or a UUID." }),
  runtime: z.enum(runtimeNames).meta({ description: 'What ran it.' }),
  environment: z.string().meta({ description: 'The packages that it could import.' }),
  duration_ms: z
    .number()
    .meta({ description: 'From the moment the script was handed to its interpreter to its end.' }),
  cpu_ms: z.number().meta({ description: 'CPU time of all its processes in that time.' }),
  memory_peak_bytes: z.number().meta({ description: 'Peak of the jail, its files in memory included.' }),
  output: z
    .object({ stdout: streamReportSchema, stderr: streamReportSchema })
    .meta({ description: 'How much the script wrote to each stream, and whether some of it was cut.' }),
  files: filesReportSchema.optional().meta({
    description:
      'What became of `return_files` and of figures, where the request has any or figures were drawn.',
  }),
  network: networkReportSchema.optional().meta({
    description: 'What went through its network, where the request asked for one.',
  }),
  limits: limitsSchema.meta({ description: 'What held, after defaults and ceilings.' }),
  isolation: isolationSchema.meta({
    description:
      'How its jail was made: by an nsjail of its own, by a nursery, or of a template, with the same layers around the script.',
  }),
  enforcement: enforcementSchema.meta({ description: 'What enforced each limit on this host.' }),
});
export type ExecutionReport = z.infer<typeof executionSchema>;

const outcomeBase = {
  stdout: z.string().meta({ description: 'Only what the script itself wrote.' }),
  stderr: z.string().meta({ description: 'The same, of standard error.' }),
  return_code: z.number().int().nullable().meta({
    description:
      'The exit status; minus the number of the signal that ended it; null where nothing was started.',
  }),
  execution: executionSchema.meta({ description: 'What ran, what it used, and what held.' }),
  validation: validationSchema.optional().meta({
    description: 'With `validate_only`: what was found. Passing is no promise that a run succeeds.',
  }),
  policy: policyReportSchema
    .optional()
    .meta({ description: 'What the policy found in the script, with the modes `report` and `enforce`.' }),
  review: reviewSchema
    .optional()
    .meta({ description: 'What a model said of the script, where one wrote or reviewed it.' }),
  files: z.array(returnedFileSchema).meta({
    description:
      'The files that `return_files` asked for and the figures that the script drew, also those of a script that failed.',
  }),
};

export const successSchema = z.object({
  success: z.literal(true).meta({ description: 'The script did what was asked of it.' }),
  result: z.unknown().meta({
    description:
      'The JSON value that the function returned; null in mode `script`. It is passed on as it was written, checked to be JSON and no more: a hostile script can have a name twice in an object, or `__proto__`, or the escape of a lone surrogate.',
  }),
  ...outcomeBase,
  suggestions: z.array(z.string()).optional().meta({
    description:
      'What was probably meant otherwise: a value that goes nowhere, a call of the function that makes it run twice.',
  }),
});

export const failureSchema = z.object({
  success: z.literal(false).meta({ description: 'It did not; `error` says in which way.' }),
  error: z
    .enum(Object.keys(errorCategories) as [ErrorCategory, ...ErrorCategory[]])
    .meta({ description: 'The category of the failure, of a closed set.' }),
  error_type: z.string().optional().meta({
    description: 'The class of the exception (`runtime_error`), or the kind of failure (`bad_gateway`).',
  }),
  message: z.string().meta({ description: 'What happened, in a sentence.' }),
  ...outcomeBase,
  suggestions: z.array(z.string()).meta({ description: 'What to do about it.' }),
  retryable: z.boolean().meta({ description: 'Whether the same request may succeed later.' }),
  available_functions: z
    .array(z.string())
    .meta({ description: 'Functions at module level (nearest name first with `missing_main`).' }),
  location: locationSchema.optional().meta({ description: 'Where in the script, counted from 1.' }),
  traceback: z.string().optional().meta({ description: "The script's own frames only." }),
});

const refusalCategories = (Object.keys(errorCategories) as ErrorCategory[]).filter(
  (category): category is RefusalCategory => errorCategories[category].side !== 'script',
);

/** Body of `POST /execute`; the failure first, because readers that try one after the other know it by `error`. */
export const outcomeSchema = z.union([failureSchema, successSchema]);

/** Schema of every refusal: the same fields, with the fields of a run empty. */
export const refusalSchema = failureSchema.omit({ validation: true, policy: true, review: true }).extend({
  error: z.enum(refusalCategories).meta({ description: 'The category of the refusal.' }),
  execution: z.null().meta({ description: 'Nothing was run.' }),
  return_code: z.null().meta({ description: 'Nothing was run.' }),
  lost_at: z.iso.datetime().optional().meta({
    description: 'With `session_lost`: when it ended; `error_type` has the reason in a word.',
  }),
  incident: z
    .string()
    .optional()
    .meta({ description: 'With `internal_error`: what to look for in the log.' }),
});

/** Members of an outcome besides the fields of its schema. */
interface OutcomeParts {
  /** Bytes, which only a door converts to text. */
  files: readonly ReturnedFile[];
  /** Record of the script's generation; its members become members of the answer itself. */
  generation?: Generation;
  /** Additions of an execution in a session; its members become members of the answer itself. */
  cell?: CellReport;
}

export type Success = Omit<z.infer<typeof successSchema>, 'result' | 'files'> &
  OutcomeParts & { result: JsonText };
export type Failure = Omit<z.infer<typeof failureSchema>, 'files'> & OutcomeParts;
export type RefusalBody = z.infer<typeof refusalSchema>;

/** Outcome of one execution. A failed script is a value of this type; a failed machine is an exception. */
export type Outcome = Success | Failure;
