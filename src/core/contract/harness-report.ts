import { z } from 'zod';
import type { JsonText } from './outcome.ts';

/*
 * Report of the program inside the jail on an execution. It shares its process with the script, so every byte may be
 * the script's: sizes are bounded here, and nothing is believed about the end of the process.
 */

const text = (most: number) => z.string().transform((value) => value.slice(0, most).toWellFormed());
const names = z.array(text(200)).max(5000).default([]);
const line = z.int().min(1).max(100_000_000);

const locationSchema = z.object({ line, column: z.int().min(1).max(100_000_000).optional() }).optional();

export const errorReportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('missing_main'), found: text(200).optional(), functions: names }),
  z.object({
    kind: z.literal('syntax_error'),
    type: text(200),
    message: text(8000),
    location: locationSchema,
    traceback: text(32_000).optional(),
    /** Version of the interpreter that refused it. */
    python: text(50).optional(),
  }),
  z.object({
    kind: z.literal('runtime_error'),
    type: text(200),
    message: text(8000),
    location: locationSchema,
    traceback: text(32_000).optional(),
    /** Name that was not found: a variable, an attribute, a module, a key, a parameter. */
    missing: z
      .object({
        what: z.enum(['name', 'attribute', 'module', 'import', 'key', 'parameter']),
        name: text(200),
        of: text(200).optional(),
        candidates: names,
      })
      .optional(),
    /** True for a MemoryError, whatever raised it. */
    memory: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal('invalid_result'),
    path: text(1000),
    type: text(200),
    /** Base classes of the value's class; `dataclass` for a dataclass. */
    bases: names,
    reason: z.enum(['type', 'key', 'not_finite', 'circular', 'depth']),
    value: text(200).optional(),
  }),
  z.object({ kind: z.literal('result_too_large'), bytes: z.int().min(0) }),
  z.object({ kind: z.literal('exited'), code: z.int(), message: text(8000).optional() }),
  /** A signal ended the program that the harness started; pid 1 itself would have ignored it. */
  z.object({ kind: z.literal('signalled'), signal: z.int().min(1).max(64) }),
]);

export type ErrorReport = z.infer<typeof errorReportSchema>;
export type HarnessReport = { kind: 'result'; json: JsonText } | ErrorReport;

/** Parses the JSON of an error frame; returns undefined when it is malformed. */
export function parseErrorReport(json: string): ErrorReport | undefined {
  try {
    return errorReportSchema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
