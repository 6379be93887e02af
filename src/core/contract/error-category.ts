/**
 * The closed set of ways in which an execution or request can fail. HTTP statuses, pages of the docs and exit
 * statuses are keyed by it, so that a category without one does not compile.
 */
export interface ErrorCategoryInfo {
  /** The side at fault: the script (HTTP 200), the request (4xx) or the service (5xx). */
  readonly side: 'script' | 'request' | 'service';
  /** Whether the same request may succeed later, unchanged; a refusal can override it. */
  readonly retryable: boolean;
  /** One sentence on when a caller sees it. */
  readonly summary: string;
}

export const errorCategories = {
  missing_main: {
    side: 'script',
    retryable: false,
    summary: 'The script has no function of the wanted name at module level.',
  },
  syntax_error: {
    side: 'script',
    retryable: false,
    summary: 'The interpreter or the compiler refuses the source.',
  },
  runtime_error: { side: 'script', retryable: false, summary: 'An exception left the script, or a panic.' },
  invalid_result: { side: 'script', retryable: false, summary: 'The returned value is not JSON.' },
  exited: { side: 'script', retryable: false, summary: 'The script ended its process before it returned.' },
  timeout: { side: 'script', retryable: false, summary: 'The wall clock limit was reached.' },
  cpu_limit: { side: 'script', retryable: false, summary: 'The CPU time limit was reached.' },
  memory_limit: { side: 'script', retryable: false, summary: 'The memory limit was reached.' },
  output_limit: {
    side: 'script',
    retryable: false,
    summary: 'The result is over its cap, or a stream went far beyond its own.',
  },
  crashed: { side: 'script', retryable: false, summary: 'A signal ended the interpreter or the program.' },
  policy_violation: {
    side: 'script',
    retryable: false,
    summary: 'Policy mode `enforce` found something in the source, or a model did not call it safe.',
  },
  invalid_input: { side: 'request', retryable: false, summary: 'The request does not have the right shape.' },
  unauthorized: { side: 'request', retryable: false, summary: 'No API key, a wrong one, or an expired one.' },
  forbidden: { side: 'request', retryable: false, summary: 'The operator does not allow this.' },
  not_found: { side: 'request', retryable: false, summary: 'There is no such route or object.' },
  payload_too_large: {
    side: 'request',
    retryable: false,
    summary: 'The body or the script is over its cap.',
  },
  rate_limited: { side: 'request', retryable: true, summary: 'The API key is over its rate.' },
  overloaded: {
    side: 'service',
    retryable: true,
    summary:
      "A waiting room is full, a wait was too long, bodies and answers leave no room, or the day's calls of the model are used up.",
  },
  cancelled: {
    side: 'request',
    retryable: false,
    summary: 'The job was cancelled before its script had ended.',
  },
  expired: {
    side: 'service',
    retryable: true,
    summary: 'The job waited longer for its start than it may.',
  },
  lost: {
    side: 'service',
    retryable: true,
    summary: 'What ran the job went away, and the job may not run again.',
  },
  unavailable: {
    side: 'service',
    retryable: true,
    summary: 'The store that services share, which holds jobs, cannot be reached.',
  },
  busy: {
    side: 'request',
    retryable: true,
    summary: 'The session runs something else.',
  },
  session_lost: {
    side: 'request',
    retryable: false,
    summary: 'The session has ended, and its names, files and processes with it.',
  },
  bad_gateway: {
    side: 'service',
    retryable: true,
    summary:
      'The model that writes or reviews scripts could not be reached, or its answer could not be used.',
  },
  sandbox_unavailable: {
    side: 'service',
    retryable: true,
    summary: 'A required layer of isolation does not hold, so nothing runs.',
  },
  internal_error: { side: 'service', retryable: true, summary: 'A fault of the service itself.' },
} as const satisfies Record<string, ErrorCategoryInfo>;

/**
 * Name of a failure; a closed set.
 * @example
 * const isMine = (category: ErrorCategory): boolean => category === 'runtime_error';
 */
export type ErrorCategory = keyof typeof errorCategories;

/** Categories of scripts: they end an execution, and are answered with HTTP 200. */
export type ScriptErrorCategory = {
  [K in ErrorCategory]: (typeof errorCategories)[K]['side'] extends 'script' ? K : never;
}[ErrorCategory];

/** Categories of refusals: nothing of the script was run. */
export type RefusalCategory = Exclude<ErrorCategory, ScriptErrorCategory>;
