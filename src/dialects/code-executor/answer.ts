import type { Failure, Outcome } from '../../core/contract/outcome.ts';
import { describeEnd, joinLines, toSeconds } from '../common/script-end.ts';

/** Answer of the Code Executor Service. */
export interface CodeExecutorAnswer {
  readonly execution_id: string;
  readonly status: 'completed' | 'timeout' | 'error';
  readonly stdout: string;
  readonly stderr: string;
  /** In seconds. */
  readonly execution_time: number;
  readonly exit_code: number;
}

const SIGKILL = 9;

/** Describes an outcome in that service's terms. */
export function toAnswer(outcome: Outcome, executionId: string): CodeExecutorAnswer {
  const { stdout, stderr, execution, return_code: code } = outcome;
  const base = {
    execution_id: executionId,
    status: 'completed',
    stdout,
    execution_time: toSeconds(execution.duration_ms),
  } as const;
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
  // A script that fails has run to its end, unless the service ended it or it is no Python.
  return error === 'syntax_error' || error === 'output_limit' ? 'error' : 'completed';
}

function exitCodeOf({ error }: Failure, code: number | null): number {
  if (error === 'timeout' || error === 'cpu_limit' || error === 'output_limit') return -SIGKILL;
  return code ?? 1;
}

/** Returns the text that follows the script's own output on standard error. */
function describe(failure: Failure): string {
  if (failure.error_type !== 'ModuleNotFoundError') return describeEnd(failure);
  return `ImportError: ${failure.message}\nEnsure required modules are installed and in ALLOWED_MODULES.`;
}
