import type { JsonText, Outcome } from '../../core/contract/outcome.ts';
import { line, violations } from './safety.ts';

/** Answer of Code Cantation, with its keys in this order; null for fields that do not apply. */
export interface CantationAnswer {
  readonly captured_output: { readonly raw: JsonText } | null;
  readonly console_log: string | null;
  readonly exec_error: string | null;
  readonly safety_violation: string | null;
}

const nothing: CantationAnswer = {
  captured_output: null,
  console_log: null,
  exec_error: null,
  safety_violation: null,
};

export const answerViolation = (text: string): CantationAnswer => ({ ...nothing, safety_violation: text });

/** Returns the answer for an error before anything was run. */
export const answerError = (text: string): CantationAnswer => ({
  ...nothing,
  console_log: '',
  exec_error: text,
});

/** Returns the answer for a root directory that the code cannot have. */
export const answerRoot = (text: string): CantationAnswer => ({ ...nothing, exec_error: text });

/** Describes an outcome in Code Cantation's terms. */
export function toAnswer(outcome: Outcome, isFunction: boolean, isSafetyOn: boolean): CantationAnswer {
  const { stdout } = outcome;
  if (outcome.success)
    return { ...nothing, captured_output: isFunction ? { raw: outcome.result } : null, console_log: stdout };
  const { error, location, message } = outcome;
  if (error === 'policy_violation') return answerViolation(describePolicy(outcome));
  const row = location?.line ?? 1;
  if (error === 'syntax_error' && isSafetyOn)
    return answerViolation(`Syntax error: ${message} (<unknown>, line ${row})`);
  const text =
    error === 'syntax_error' ? `${message} (<string>, line ${row})` : describeFailure(outcome, message);
  return { ...nothing, console_log: stdout, exec_error: text };
}

function describeFailure(
  { error, execution }: { error: string; execution: Outcome['execution'] },
  message: string,
): string {
  const { timeout, cpu_time } = execution.limits;
  if (error === 'timeout') return `Execution timed out after ${timeout} seconds`;
  if (error === 'cpu_limit') return `CPU time limit of ${cpu_time} seconds exceeded`;
  return message;
}

/** Describes the findings of an operator's own policy in the format of the safety check. */
function describePolicy({ policy, message }: Outcome & { message: string }): string {
  const findings = policy?.findings ?? [];
  if (findings.length === 0) return message;
  return violations(findings.map(({ line: row, column, reason }) => line(row, column - 1, reason)));
}
