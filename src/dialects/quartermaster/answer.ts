import { setImmediate as pause } from 'node:timers/promises';
import { checkJsonText, type Failure, type Outcome } from '../../core/outcome.ts';
import type { Raw } from '../../core/serialize-members.ts';
import { describeEnd, joinLines, toSeconds } from '../common/script-end.ts';
import { METADATA_FILE, MOST_METADATA } from './sdk.ts';

/** The answer of quartermaster-code-runner to a run. */
export interface RunAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit_code: number;
  /** Seconds. */
  readonly execution_time: number;
  /** JSON that the script set; null where it set none. */
  readonly metadata: Raw | null;
}

const TIMED_OUT = -1;
/** As a shell tells of SIGKILL. */
const KILLED = 137;
const SIGNALS = 128;

/** What became of a run, in its words. @param isShell a shell command ran, and says itself what went wrong. */
export async function toAnswer(outcome: Outcome, isShell: boolean): Promise<RunAnswer> {
  const { stdout, stderr, execution } = outcome;
  const words = outcome.success ? '' : describe(outcome, isShell);
  return {
    stdout,
    stderr: joinLines(stderr, words),
    exit_code: outcome.success ? 0 : exitCodeOf(outcome),
    execution_time: toSeconds(execution.duration_ms, 4),
    metadata: await readMetadata(outcome),
  };
}

function exitCodeOf({ error, return_code: code }: Failure): number {
  if (error === 'timeout') return TIMED_OUT;
  if (error === 'memory_limit' || error === 'cpu_limit' || error === 'output_limit') return KILLED;
  if (code === null || code === 0) return 1;
  return code < 0 ? SIGNALS - code : code;
}

/** What stands on standard error after the script's own words: a traceback, which Python itself would write there. */
function describe(failure: Failure, isShell: boolean): string {
  const { error, execution } = failure;
  const isWritten = isShell || execution.runtime !== 'python';
  return isWritten && (error === 'runtime_error' || error === 'syntax_error') ? '' : describeEnd(failure);
}

/** What the script says of itself: JSON, or nothing. */
async function readMetadata({ files }: Outcome): Promise<Raw | null> {
  const bytes = files.find(({ path }) => path === METADATA_FILE)?.bytes;
  if (bytes === undefined || bytes.length > MOST_METADATA) return null;
  const steps = checkJsonText(new TextDecoder().decode(bytes));
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) await pause();
  return step.value === undefined ? null : { raw: step.value };
}
