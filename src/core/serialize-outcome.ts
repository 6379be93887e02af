import type { Failure, Outcome, Success } from './outcome.ts';

/** Writes an outcome as JSON, its keys in the contract's order, and a result exactly as the script's own text. */
export function serializeOutcome(outcome: Outcome): string {
  return outcome.success ? serializeSuccess(outcome) : serializeFailure(outcome);
}

function serializeSuccess({ result, stdout, stderr, return_code, execution, files }: Success): string {
  const rest = JSON.stringify({ stdout, stderr, return_code, execution, files });
  // Spliced, not parsed: numbers keep their digits, and ten megabytes are not written twice.
  return `{"success":true,"result":${result},${rest.slice(1)}`;
}

function serializeFailure(failure: Failure): string {
  const { success, error, error_type, message, stdout, stderr, suggestions, retryable } = failure;
  const { available_functions, location, traceback, return_code, execution } = failure;
  return JSON.stringify({
    success,
    error,
    error_type,
    message,
    stdout,
    stderr,
    suggestions,
    retryable,
    available_functions,
    location,
    traceback,
    return_code,
    execution,
  });
}
