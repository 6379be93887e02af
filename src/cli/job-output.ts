import { isFinal } from '../core/contract/jobs/job-state.ts';
import type { JobSummary } from '../core/contract/jobs/job.ts';
import type { Failure, RefusalBody, Success } from '../core/contract/outcome.ts';
import { findMembers } from '../core/validation/member-texts.ts';
import { exitStatusOf, toExitStatus } from './exit-status.ts';
import { printFailure, printSuggestions } from './print-failure.ts';

/** EX_TEMPFAIL: the job goes on, and nobody waits for it any more. */
const STILL_RUNS = 75;

/** Returns a job as one line. */
export const describeJob = ({ id, state, created_at, attempts }: JobSummary): string =>
  `${id}  ${state.padEnd(9)}  ${created_at}${attempts > 1 ? `  attempt ${attempts}` : ''}`;

/**
 * Prints the outcome of a job as `brig run` prints it.
 * @param text the job as JSON.
 * @param isLast whether its state is told where it has no outcome yet.
 * @returns the exit status; undefined when it is not final and there is time left.
 */
export function printJobOutcome(text: string, isLast: boolean): number | undefined {
  const { state, outcome } = JSON.parse(text) as {
    readonly state: JobSummary['state'];
    readonly outcome?: Success | Failure | RefusalBody;
  };
  if (!isFinal(state) || outcome === undefined) {
    if (isLast) process.stderr.write(`It is ${state}.\n`);
    return isLast ? STILL_RUNS : undefined;
  }
  process.stdout.write(outcome.stdout);
  process.stderr.write(outcome.stderr);
  if (outcome.stdout !== '' && !outcome.stdout.endsWith('\n')) process.stdout.write('\n');
  if (!outcome.success) {
    printFailure(outcome, process.stderr);
    return outcome.execution === null ? toExitStatus(outcome.error) : exitStatusOf(outcome);
  }
  printSuggestions(outcome.suggestions ?? [], process.stderr);
  // Its digits are those that the script wrote.
  const own = findMembers(text, ['outcome']).outcome?.json ?? '{}';
  const result = findMembers(own, ['result']).result?.json ?? 'null';
  if (result !== 'null') process.stdout.write(`${result}\n`);
  return 0;
}
