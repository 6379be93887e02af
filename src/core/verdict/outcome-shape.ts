import type { ModuleHome } from '../import-answer.ts';
import { errorCategories, type ScriptErrorCategory } from '../error-category.ts';
import type { Evidence } from '../evidence.ts';
import { nothingCollected, reportFiles } from '../files/returned-files.ts';
import { roundMs } from './format-figures.ts';
import type { Limits } from '../limits.ts';
import { nearestFirst } from '../nearest.ts';
import type { Review } from '../generation/generation.ts';
import type { Location } from '../location.ts';
import type { ExecutionReport, Failure, JsonText, Success } from '../outcome.ts';
import type { PolicyReport } from '../policy/policy.ts';
import type { RuntimeName } from '../runtimes.ts';

/** What is known of a request apart from what happened in the jail. */
export interface ClassifyContext {
  readonly id: string;
  readonly script?: string | undefined;
  /** What ran the script; Python where nothing is said. */
  readonly runtime?: RuntimeName | undefined;
  /** The package environment the script ran in. */
  readonly environment: string;
  /** Whether it has packages beside the standard library. */
  readonly hasPackages?: boolean | undefined;
  /** The environment that has a module, if any has: the one the script ran in, where it does. */
  readonly findModule?: ((module: string) => ModuleHome | undefined) | undefined;
  /** The function that was to be called. */
  readonly functionName: string;
  /** Functions at module level, as the analysis of the source saw them. */
  readonly availableFunctions: readonly string[];
  /** Paths of the files that came with the request. */
  readonly givenFiles?: readonly string[] | undefined;
  /** Whether it asks for files of the working directory. */
  readonly returnsFiles?: boolean | undefined;
  /** The most that a request may ask for here. */
  readonly ceilings: Limits;
  /** What the policy found in the script; undefined where there is none. */
  readonly policy?: PolicyReport | undefined;
  /** What a model said of the script; undefined where none was asked. */
  readonly review?: Review | undefined;
}

/** What went wrong, in the words of the answer. */
export interface Verdict {
  readonly error: ScriptErrorCategory;
  readonly message: string;
  readonly suggestions: readonly string[];
  /** The class of the exception, with `runtime_error`. */
  readonly type?: string | undefined;
  readonly location?:
    | { readonly line: number; readonly column?: number | undefined; readonly file?: string | undefined }
    | undefined;
  readonly traceback?: string | undefined;
}

const MAX_SUGGESTIONS = 4;

/** Each once, and no more than a reader takes in. */
export const limitSuggestions = (suggestions: readonly string[]): string[] =>
  [...new Set(suggestions)].slice(0, MAX_SUGGESTIONS);

export function toSuccess(evidence: Evidence, context: ClassifyContext, result: JsonText): Success {
  return { success: true, result, ...toBase(evidence, context) };
}

export function toFailure(evidence: Evidence, context: ClassifyContext, verdict: Verdict): Failure {
  const { error, message, suggestions, type, location, traceback } = verdict;
  return {
    success: false,
    error,
    ...(type === undefined ? {} : { error_type: type }),
    message,
    ...toBase(evidence, context),
    suggestions: limitSuggestions(suggestions),
    retryable: errorCategories[error].retryable,
    available_functions: listFunctions(evidence, context),
    ...(location === undefined ? {} : { location: toLocation(location) }),
    ...(traceback === undefined ? {} : { traceback }),
  };
}

/** The functions of the script, the wanted one and its likes first; what the interpreter saw counts more than the source. */
function listFunctions(
  { report }: Pick<Evidence, 'report'>,
  { functionName, availableFunctions }: ClassifyContext,
): string[] {
  const seen = report?.kind === 'missing_main' && report.functions.length > 0 ? report.functions : undefined;
  const names = seen ?? availableFunctions;
  // `nearestFirst` ranks the others only.
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
  { usage, stdout, stderr, limits, enforcement, collected }: Evidence,
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
    // Figures come unasked.
    ...(returnsFiles === true || collected !== undefined
      ? { files: reportFiles(collected ?? nothingCollected) }
      : {}),
    limits,
    enforcement,
  };
}
