import { setImmediate as pause } from 'node:timers/promises';
import { checkJsonText, type Failure, type Outcome } from '../../core/contract/outcome.ts';
import type { Raw } from '../../core/serialize-members.ts';
import { describeEnd, joinLines, toSeconds } from '../common/script-end.ts';
import { METADATA_FILE, MOST_METADATA } from './metadata.ts';

/** Answer of quartermaster-code-runner to a run. */
export interface RunAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit_code: number;
  /** In seconds. */
  readonly execution_time: number;
  /** JSON that the script set; null when it set none. */
  readonly metadata: Raw | null;
}

const TIMED_OUT = -1;
/** Status of SIGKILL in a shell. */
const KILLED = 137;
const SIGNALS = 128;

/**
 * Describes the outcome of a run in its terms. @param isShell true when a shell command ran, which reports its errors
 * itself.
 */
export async function toAnswer(outcome: Outcome, isShell: boolean): Promise<RunAnswer> {
  const { stdout, stderr, execution } = outcome;
  const words = outcome.success ? '' : describe(outcome, isShell);
  return {
    stdout,
    stderr: joinLines(joinLines(stderr, words), adviseOnNetwork(outcome)),
    exit_code: outcome.success ? 0 : exitCodeOf(outcome),
    execution_time: toSeconds(execution.duration_ms, 4),
    metadata: await readMetadata(outcome),
  };
}

/** Returns the advice of a run that failed for want of a network, in its terms; empty for any other. */
function adviseOnNetwork(outcome: Outcome): string {
  if (outcome.success) return '';
  const first = outcome.suggestions.find((text) => lacksNetwork.test(text));
  if (first === undefined) return '';
  return first.startsWith('Ask for')
    ? 'This run had no network: send "allow_network": true.'
    : 'Runs have no network here: send the data with the code, in "files".';
}

/** Beginnings of suggestions about a missing network. */
const lacksNetwork = /^(?:Scripts have no network|Ask for the hosts that the script reaches)/;

function exitCodeOf({ error, return_code: code }: Failure): number {
  if (error === 'timeout') return TIMED_OUT;
  if (error === 'memory_limit' || error === 'cpu_limit' || error === 'output_limit') return KILLED;
  if (code === null || code === 0) return 1;
  return code < 0 ? SIGNALS - code : code;
}

/**
 * Returns the text that follows the script's own output on standard error: a traceback, which Python itself would
 * print there.
 */
function describe(failure: Failure, isShell: boolean): string {
  const { error, execution } = failure;
  const isWritten = isShell || execution.runtime !== 'python';
  return isWritten && (error === 'runtime_error' || error === 'syntax_error') ? '' : describeEnd(failure);
}

/** Returns the metadata that the script set: JSON, or null. */
async function readMetadata({ files }: Outcome): Promise<Raw | null> {
  const bytes = files.find(({ path }) => path === METADATA_FILE)?.bytes;
  if (bytes === undefined || bytes.length > MOST_METADATA) return null;
  const steps = checkJsonText(new TextDecoder().decode(bytes));
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) await pause();
  return step.value === undefined ? null : { raw: step.value };
}
