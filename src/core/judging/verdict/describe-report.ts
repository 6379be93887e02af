import type { Evidence } from '../../contract/evidence.ts';
import { formatBytes, withArticle } from '../../text/format-figures.ts';
import type { ErrorReport } from '../../contract/harness-report.ts';
import type { ClassifyContext } from '../context.ts';
import type { Verdict } from './outcome-shape.ts';
import { isComing } from '../suggestions/coming.ts';
import { suggestForExit } from '../suggestions/endings.ts';
import { suggestEntryPoint } from '../suggestions/entry-point.ts';
import { suggestForException } from '../suggestions/exceptions.ts';
import { suggestForLargeResult, suggestForMemoryLimit } from '../suggestions/limits.ts';
import { suggestForResult } from '../suggestions/results.ts';
import { suggestForSyntax } from '../suggestions/syntax.ts';

type Report<Kind extends ErrorReport['kind']> = Extract<ErrorReport, { kind: Kind }>;

/** Converts the harness's report into a verdict; only for a process that ended by itself as reported. */
export function describeReport(report: ErrorReport, evidence: Evidence, context: ClassifyContext): Verdict {
  switch (report.kind) {
    case 'missing_main':
      return describeMissingMain(report, context);
    case 'syntax_error':
      return {
        error: 'syntax_error',
        message: report.message || report.type || 'invalid syntax',
        suggestions: suggestForSyntax(report, context, evidence.mode),
        location: report.location,
        traceback: report.traceback,
      };
    case 'runtime_error':
      return describeException(report, evidence, context);
    case 'invalid_result':
      return {
        error: 'invalid_result',
        message: describeFlaw(report),
        suggestions: suggestForResult(report),
      };
    case 'result_too_large':
      return {
        error: 'output_limit',
        message: `The result is larger than the cap of results: it has ${formatBytes(report.bytes)} as JSON.`,
        suggestions: suggestForLargeResult(context),
      };
    case 'exited':
    case 'signalled':
      return describeExit(evidence, context);
  }
}

function describeMissingMain(
  { found, functions }: Report<'missing_main'>,
  { functionName, availableFunctions, script }: ClassifyContext,
): Verdict {
  const wanted = `Script must contain a ${functionName}() function as the entry point.`;
  const names = functions.length > 0 ? functions : availableFunctions;
  return {
    error: 'missing_main',
    message:
      found === undefined
        ? wanted
        : `\`${functionName}\` is ${withArticle(found)}, not a function; the script must contain a ${functionName}() function as the entry point.`,
    suggestions: suggestEntryPoint({ wanted: functionName, functions: names, found, script }),
  };
}

function describeException(
  report: Report<'runtime_error'>,
  evidence: Evidence,
  context: ClassifyContext,
): Verdict {
  const { type, message, memory, missing, location, traceback } = report;
  if (memory) {
    return {
      error: 'memory_limit',
      message: `The script ran out of memory (${type}): its limit is ${evidence.limits.memory_mb} MiB.`,
      suggestions: suggestForMemoryLimit(evidence, context),
      location,
      traceback,
    };
  }
  return {
    error: 'runtime_error',
    type,
    message: message || type || 'an exception without a text',
    suggestions: suggestForException(report, evidence, context),
    location,
    traceback,
    ...(missing?.what === 'module' && isComing(missing.name.split('.')[0] ?? '', context)
      ? { isRetryable: true }
      : {}),
  };
}

function describeFlaw({ path, type, reason, value }: Report<'invalid_result'>): string {
  const said = value === undefined || value === '' ? type : value;
  switch (reason) {
    case 'type':
      return `${path}: ${type} is not JSON serializable`;
    case 'key':
      return `${path}: ${withArticle(type)} is no key of a JSON object${value === undefined ? '' : ` (${value})`}`;
    case 'not_finite':
      return `${path}: ${said} is not JSON serializable`;
    case 'circular':
      return `${path}: ${withArticle(type)} that contains itself is not JSON serializable`;
    case 'depth':
      return `${path}: ${withArticle(type)} is nested too deeply to be JSON`;
  }
}

function describeExit(evidence: Evidence, { functionName }: ClassifyContext): Verdict {
  const { ending, mode, report } = evidence;
  const status = ending.kind === 'exit' ? ending.code : -ending.signal;
  const when = mode === 'function' ? ` before ${functionName}() returned` : '';
  return {
    error: 'exited',
    message: `The script ended the process with status ${status}${when}${describeWords(report)}`,
    suggestions: suggestForExit(evidence, functionName),
  };
}

/** Longest last words in a message, in UTF-16 units. */
const MOST_WORDS = 500;

/** Returns the text of a `SystemExit("text")` as the end of a sentence. */
function describeWords(report: Evidence['report']): string {
  const words = report?.kind === 'exited' ? (report.message?.trim() ?? '') : '';
  if (words === '') return '.';
  return `: ${words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}…` : words}`;
}
