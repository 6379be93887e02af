import type { Failure, Outcome } from '../../core/contract/outcome.ts';
import { describeEnd, joinLines, toSeconds } from '../common/script-end.ts';

/** An outcome in the terms of the Secure Python Code Execution Service. */
export interface RanCode {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit_code: number;
  /** In seconds. */
  readonly execution_time: number;
}

/** Exit code of a killed process in a container. */
const KILLED = 137;

export function toRanCode(outcome: Outcome): RanCode {
  const { stdout, stderr, execution } = outcome;
  const execution_time = toSeconds(execution.duration_ms);
  if (outcome.success) return { stdout, stderr, exit_code: 0, execution_time };
  return {
    stdout,
    stderr: joinLines(stderr, describeEnd(outcome)),
    exit_code: exitCodeOf(outcome),
    execution_time,
  };
}

function exitCodeOf({ error, return_code: code }: Failure): number {
  if (error === 'timeout' || error === 'cpu_limit' || error === 'output_limit') return KILLED;
  if (code === null) return 1;
  return code < 0 ? 128 - code : code;
}
