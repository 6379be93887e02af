import { z } from 'zod';
import { errorReportSchema, type ErrorReport } from '../../contract/harness-report.ts';
import type { JsonText } from '../../contract/outcome.ts';
import { entryPointSchema, importSchema, parameterSchema } from '../../contract/validation-report.ts';

/*
 * Report of harness/preflight on a script. Nothing of the script ran, but CPython's compiler read hostile text, so
 * the report is bounded and checked like any other.
 */

const text = (most: number) => z.string().transform((value) => value.slice(0, most).toWellFormed());
const position = z.int().min(1).max(100_000_000);

const preflightReportSchema = z.object({
  problems: z.array(z.object({ severity: z.enum(['error', 'warning']), report: errorReportSchema })).max(100),
  entry_point: entryPointSchema
    .extend({
      name: text(1000),
      line: position.optional(),
      column: position.optional(),
      signature: text(1100).optional(),
      parameters: z
        .array(parameterSchema.extend({ name: text(200) }))
        .max(200)
        .optional(),
    })
    .nullable(),
  imports: z
    .array(
      importSchema.extend({
        module: text(500),
        line: position,
        package: text(200).optional(),
        version: text(100).optional(),
      }),
    )
    .max(500),
  complete: z.boolean(),
  /** Names of the modules that are there, for suggestions about missing ones. */
  modules: z.array(text(100)).max(1000),
});

export type PreflightReport = z.infer<typeof preflightReportSchema>;

/** Longest report, in UTF-16 units, far more than the bounds allow; a longer text is not parsed. */
const MOST_UNITS = 1024 * 1024;

/** Problems whose missing module is compared with those that are there, which takes the host's time. */
const MOST_COMPARED = 20;

/** Parses a report that came as the result; returns undefined when it is malformed. */
export function parsePreflightReport(json: JsonText): PreflightReport | undefined {
  if (json.length > MOST_UNITS) return undefined;
  try {
    const { data } = preflightReportSchema.safeParse(JSON.parse(json));
    return (
      data && {
        ...data,
        problems: data.problems.map((problem, index) =>
          index < MOST_COMPARED ? fillIn(problem, data) : problem,
        ),
      }
    );
  } catch {
    return undefined;
  }
}

type Problem = PreflightReport['problems'][number];

const fillIn = (problem: Problem, { modules }: PreflightReport): Problem => ({
  ...problem,
  report: withCandidates(problem.report, modules),
});

function withCandidates(report: ErrorReport, candidates: string[]): ErrorReport {
  return report.kind === 'runtime_error' && report.missing?.what === 'module'
    ? { ...report, missing: { ...report.missing, candidates } }
    : report;
}
