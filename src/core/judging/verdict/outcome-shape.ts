import type { ClassifyContext } from '../context.ts';
import { errorCategories, type ScriptErrorCategory } from '../../contract/error-category.ts';
import type { Evidence } from '../../contract/evidence.ts';
import { nothingCollected, reportFiles } from '../../contract/files/returned-files.ts';
import { roundMs } from '../../text/format-figures.ts';
import { suggestForSuccess } from '../suggestions/successes.ts';
import { nearestFirst } from '../../text/nearest.ts';
import type { Location } from '../../contract/location.ts';
import type { ExecutionReport, Failure, JsonText, Success } from '../../contract/outcome.ts';

/** A failure, in the terms of the answer. */
export interface Verdict {
  readonly error: ScriptErrorCategory;
  readonly message: string;
  readonly suggestions: readonly string[];
  /** Class of the exception, with `runtime_error`. */
  readonly type?: string | undefined;
  readonly location?:
    | { readonly line: number; readonly column?: number | undefined; readonly file?: string | undefined }
    | undefined;
  readonly traceback?: string | undefined;
  /** Overrides the category's value. */
  readonly isRetryable?: boolean | undefined;
}

const MAX_SUGGESTIONS = 4;

/** Removes duplicates, and cuts the list to a readable length. */
export const limitSuggestions = (suggestions: readonly string[]): string[] =>
  [...new Set(suggestions)].slice(0, MAX_SUGGESTIONS);

export function toSuccess(evidence: Evidence, context: ClassifyContext, result: JsonText): Success {
  const suggestions = suggestForSuccess(evidence, context, result);
  return {
    success: true,
    result,
    ...toBase(evidence, context),
    ...(suggestions.length === 0 ? {} : { suggestions }),
  };
}

export function toFailure(evidence: Evidence, context: ClassifyContext, verdict: Verdict): Failure {
  const { error, message, suggestions, type, location, traceback, isRetryable } = verdict;
  return {
    success: false,
    error,
    ...(type === undefined ? {} : { error_type: type }),
    message,
    ...toBase(evidence, context),
    suggestions: limitSuggestions(suggestions),
    retryable: isRetryable ?? errorCategories[error].retryable,
    available_functions: listFunctions(evidence, context),
    ...(location === undefined ? {} : { location: toLocation(location) }),
    ...(traceback === undefined ? {} : { traceback }),
  };
}

/**
 * Lists the functions of the script, the wanted one and similar ones first; prefers the interpreter's list to the
 * analysis.
 */
function listFunctions(
  { report }: Pick<Evidence, 'report'>,
  { functionName, availableFunctions }: ClassifyContext,
): string[] {
  const seen = report?.kind === 'missing_main' && report.functions.length > 0 ? report.functions : undefined;
  const names = seen ?? availableFunctions;
  // `nearestFirst` ranks only the others.
  return [...(names.includes(functionName) ? [functionName] : []), ...nearestFirst(functionName, names)];
}

export const toLocation = ({ line, column, file }: NonNullable<Verdict['location']>): Location => ({
  line,
  ...(column === undefined ? {} : { column }),
  ...(file === undefined ? {} : { file }),
});

function toBase(evidence: Evidence, context: ClassifyContext) {
  const { stdout, stderr, ending } = evidence;
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    return_code: ending.kind === 'exit' ? ending.code : -ending.signal,
    execution: toExecutionReport(evidence, context),
    ...(context.policy === undefined ? {} : { policy: context.policy }),
    ...(context.review === undefined ? {} : { review: context.review }),
    files: evidence.collected?.files ?? [],
  };
}

function toExecutionReport(
  { usage, stdout, stderr, limits, isolation, enforcement, collected, network }: Evidence,
  { id, environment, returnsFiles, runtime = 'python' }: ClassifyContext,
): ExecutionReport {
  return {
    id,
    runtime,
    environment,
    duration_ms: roundMs(usage.durationMs),
    cpu_ms: roundMs(usage.cpuMs),
    memory_peak_bytes: Math.max(0, usage.memoryPeakBytes),
    output: {
      stdout: { bytes: stdout.bytes, truncated: stdout.truncated },
      stderr: { bytes: stderr.bytes, truncated: stderr.truncated },
    },
    // Figures are returned without a request.
    ...(returnsFiles === true || collected !== undefined
      ? { files: reportFiles(collected ?? nothingCollected) }
      : {}),
    ...(network === undefined ? {} : { network }),
    limits,
    isolation,
    enforcement,
  };
}
