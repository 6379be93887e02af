import type { Evidence } from '../../contract/evidence.ts';
import type { Review } from '../../contract/generation/generation.ts';
import type { Failure } from '../../contract/outcome.ts';
import type { PolicyReport } from '../../contract/policy/policy.ts';
import { suggestEntryPoint } from '../suggestions/entry-point.ts';
import { suggestForPolicy } from '../suggestions/policy.ts';
import type { ClassifyContext } from '../context.ts';
import { toFailure } from './outcome-shape.ts';

/** Context of an execution for which nothing was started. */
export type NotStarted = ClassifyContext & Pick<Evidence, 'limits' | 'isolation' | 'enforcement'>;

/** Returns the failure of a script whose analysis found no entry point. */
export function missingMain(context: NotStarted): Failure {
  const { functionName, availableFunctions, script } = context;
  return toFailure(nothingOf(context), context, {
    error: 'missing_main',
    message: `Script must contain a ${functionName}() function as the entry point.`,
    suggestions: suggestEntryPoint({ wanted: functionName, functions: availableFunctions, script }),
  });
}

/** Returns the failure of a script with findings of the policy. */
export function violatePolicy(context: NotStarted, report: PolicyReport): Failure {
  const { findings, total } = report;
  const [first] = findings;
  const file = first?.file === undefined ? '' : `${first.file}: `;
  const where =
    first === undefined ? '' : ` ${file}Line ${first.line}, column ${first.column}: ${first.reason}`;
  return toFailure(nothingOf(context), context, {
    error: 'policy_violation',
    message: `The policy found ${total === 1 ? 'something' : `${total} things`} in the script, so it was not run.${where}`,
    suggestions: suggestForPolicy(findings),
    location: first?.file === undefined ? first : undefined,
  });
}

/** Returns the failure of a script that a model did not call safe. */
export function rejectUnsafe(context: NotStarted, review: Review): Failure {
  const said = review.explanation === '' ? '' : ` ${review.explanation}`;
  return toFailure(
    nothingOf(context),
    { ...context, review },
    {
      error: 'policy_violation',
      message: `The model did not call the script safe, so it was not run.${said}`,
      suggestions: ['Change what the model objects to, or ask for something else'],
    },
  );
}

function nothingOf({ limits, isolation, enforcement }: NotStarted): Evidence {
  const nothing = { text: '', bytes: 0, truncated: false };
  return {
    mode: 'function',
    limits,
    stop: undefined,
    ending: { kind: 'exit', code: 1 },
    report: undefined,
    stdout: nothing,
    stderr: nothing,
    usage: { durationMs: 0, cpuMs: 0, memoryPeakBytes: 0, oomKills: 0, processRefusals: 0 },
    isolation,
    enforcement,
  };
}
