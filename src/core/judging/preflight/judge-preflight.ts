import type { Evidence } from '../../contract/evidence.ts';
import type { Outcome } from '../../contract/outcome.ts';
import { nullResult } from '../../contract/outcome.ts';
import { classify } from '../verdict/classify.ts';
import { describeReport } from '../verdict/describe-report.ts';
import type { ClassifyContext } from '../context.ts';
import {
  limitSuggestions,
  toFailure,
  toLocation,
  toSuccess,
  type Verdict,
} from '../verdict/outcome-shape.ts';
import { parsePreflightReport, type PreflightReport } from './preflight-report.ts';
import type { Finding, Validation } from '../../contract/validation-report.ts';

/** A verdict that a run would, or might, lead to. */
interface Problem {
  readonly severity: Finding['severity'];
  readonly verdict: Verdict;
}

/** Findings of the host before a jail is used, in the order in which a run would refuse the script. */
export interface KnownBefore {
  /**
   * True when the analysis of the source is certain that the entry point is missing. Further findings of the host
   * belong here too.
   */
  readonly isMissing: boolean;
}

/**
 * Judges a preflight: the first failure that a run would have, in the shape of that failure, and all findings. Pure
 * and total, like `classify`, which judges a jail that ended without a report, since limits apply here too.
 */
export function judgePreflight(evidence: Evidence, context: ClassifyContext, known: KnownBefore): Outcome {
  const found = readReport(evidence);
  const before = known.isMissing ? [missingMain(evidence, context)] : [];
  if (found === undefined) return judgeWithoutReport(evidence, context, before);
  const after = found.problems
    // Reported already.
    .filter(({ report }) => !(known.isMissing && report.kind === 'missing_main'))
    .map(({ severity, report }): Problem => ({
      severity,
      verdict: describeReport(report, evidence, context),
    }));
  const problems = [...before, ...after];
  const validation: Validation = {
    entry_point: found.entry_point && {
      ...found.entry_point,
      ...(known.isMissing ? { status: 'missing' } : {}),
    },
    imports: found.imports,
    findings: problems.map(toFinding),
    complete: found.complete,
  };
  const first = problems.find(({ severity }) => severity === 'error');
  const outcome =
    first === undefined
      ? toSuccess(evidence, context, nullResult)
      : toFailure(evidence, context, first.verdict);
  // The script was not started, so there is no exit status.
  return { ...outcome, return_code: null, validation };
}

function readReport({ stop, ending, report }: Evidence): PreflightReport | undefined {
  if (stop !== undefined || ending.kind !== 'exit' || ending.code !== 0) return undefined;
  return report?.kind === 'result' ? parsePreflightReport(report.json) : undefined;
}

/** Judges a limit, a crash of the compiler, or a malformed report like a run that ended there. */
function judgeWithoutReport(
  evidence: Evidence,
  context: ClassifyContext,
  before: readonly Problem[],
): Outcome {
  const [first] = before;
  const judged =
    first === undefined
      ? classify(evidence.report?.kind === 'result' ? spoil(evidence) : evidence, context)
      : toFailure(evidence, context, first.verdict);
  if (judged.success) throw new Error('an execution without a report cannot have passed');
  const { error, message, suggestions } = judged;
  const findings: Finding[] = [{ severity: 'error', error, message, suggestions }];
  return { ...judged, validation: { entry_point: null, imports: [], findings, complete: false } };
}

const spoil = (evidence: Evidence): Evidence => ({
  ...evidence,
  stop: evidence.stop ?? { reason: 'protocol', detail: 'a report of another shape' },
});

function missingMain(evidence: Evidence, context: ClassifyContext): Problem {
  return {
    severity: 'error',
    verdict: describeReport({ kind: 'missing_main', functions: [] }, evidence, context),
  };
}

function toFinding({ severity, verdict }: Problem): Finding {
  const { error, type, message, suggestions, location } = verdict;
  return {
    severity,
    error,
    ...(type === undefined ? {} : { error_type: type }),
    message,
    ...(location === undefined ? {} : { location: toLocation(location) }),
    suggestions: limitSuggestions(suggestions),
  };
}
