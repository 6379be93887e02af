import type { Failure, Outcome } from '../../../core/outcome.ts';

/** The answer of the Code Executor Service. */
export interface CodeExecutorAnswer {
  readonly execution_id: string;
  readonly status: 'completed' | 'timeout' | 'error';
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds. */
  readonly execution_time: number;
  readonly exit_code: number;
}

const SIGKILL = 9;

/** What became of the code, in its words. */
export function toAnswer(outcome: Outcome, executionId: string): CodeExecutorAnswer {
  const { stdout, stderr, execution, return_code: code } = outcome;
  const seconds = Number((execution.duration_ms / 1000).toFixed(6));
  const base = { execution_id: executionId, status: 'completed', stdout, execution_time: seconds } as const;
  if (outcome.success) return { ...inOrder(base, stderr), exit_code: 0 };
  const answer = inOrder({ ...base, status: statusOf(outcome) }, joinLines(stderr, describe(outcome)));
  return { ...answer, exit_code: exitCodeOf(outcome, code) };
}

const inOrder = (
  { execution_id, status, stdout, execution_time }: Omit<CodeExecutorAnswer, 'stderr' | 'exit_code'>,
  stderr: string,
): Omit<CodeExecutorAnswer, 'exit_code'> => ({ execution_id, status, stdout, stderr, execution_time });

function statusOf({ error }: Failure): CodeExecutorAnswer['status'] {
  if (error === 'timeout') return 'timeout';
  // A script that fails has run to its end; one that the service ended, or that is no Python, has not.
  return error === 'syntax_error' || error === 'output_limit' ? 'error' : 'completed';
}

function exitCodeOf({ error }: Failure, code: number | null): number {
  if (error === 'timeout' || error === 'cpu_limit' || error === 'output_limit') return -SIGKILL;
  return code ?? 1;
}

/** What stands on standard error after the script's own words. */
function describe(failure: Failure): string {
  const { error, error_type: type, message, traceback, execution } = failure;
  if (error === 'timeout') return `Execution timed out after ${execution.limits.timeout} seconds`;
  if (type === 'ModuleNotFoundError')
    return `ImportError: ${message}\nEnsure required modules are installed and in ALLOWED_MODULES.`;
  // A script that ends itself says what it has to say.
  if (error === 'exited') return '';
  return traceback ?? message;
}

const joinLines = (before: string, after: string): string =>
  before === '' || after === '' || before.endsWith('\n') ? before + after : `${before}\n${after}`;
