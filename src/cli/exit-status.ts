import type { ErrorCategory } from '../core/contract/error-category.ts';
import type { Outcome } from '../core/contract/outcome.ts';

/**
 * Uses sysexits(3) where it has a number, and the shell's conventions elsewhere (timeout(1): 124; 128 plus the
 * signal).
 */
const statuses: Record<ErrorCategory, number> = {
  missing_main: 1,
  syntax_error: 1,
  runtime_error: 1,
  invalid_result: 1,
  exited: 1,
  timeout: 124,
  cpu_limit: 152,
  memory_limit: 137,
  output_limit: 153,
  crashed: 134,
  policy_violation: 77,
  invalid_input: 64,
  unauthorized: 77,
  forbidden: 77,
  not_found: 66,
  payload_too_large: 64,
  rate_limited: 75,
  overloaded: 75,
  cancelled: 75,
  expired: 75,
  lost: 75,
  busy: 75,
  session_lost: 64,
  bad_gateway: 69,
  sandbox_unavailable: 69,
  unavailable: 69,
  internal_error: 70,
};

/** EX_CANTCREAT: the script succeeded, but a file that it returned could not be written. */
export const CANNOT_CREATE_STATUS = 73;

/** EX_CONFIG: a setting is wrong. */
export const CONFIG_STATUS = 78;

export function toExitStatus(category: ErrorCategory): number {
  return statuses[category];
}

/** Returns the script's own exit status if it has one, else that of its category. */
export function exitStatusOf(outcome: Outcome): number {
  if (outcome.success) return 0;
  const { error, return_code: code } = outcome;
  if (error === 'exited' && code !== null && code > 0) return code;
  if (error === 'crashed' && code !== null && code < 0) return 128 - code;
  return toExitStatus(error);
}
