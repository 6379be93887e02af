import { constants } from 'node:os';
import type { Failure, Outcome } from '../../core/contract/outcome.ts';
import { describeEnd, joinLines } from '../common/script-end.ts';
import type { Known } from './languages.ts';

/** One stage of Piston's answer. */
export interface Stage {
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in the order in which they were read. */
  readonly output: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly message: string | null;
  readonly status: 'TO' | 'OL' | 'EL' | 'RE' | 'SG' | 'XX' | null;
  /** In milliseconds. */
  readonly cpu_time: number;
  readonly wall_time: number;
  /** Bytes at most. */
  readonly memory: number;
}

export interface PistonAnswer {
  readonly compile?: Stage;
  readonly run?: Stage;
  readonly language: string;
  readonly version: string;
}

/** Observations besides the outcome. */
export interface Observed {
  /** Both streams as they came; undefined when they did not fit. */
  readonly output: string | undefined;
  /** Milliseconds of the compiler; undefined when none ran. */
  readonly compileMs: number | undefined;
  /** False when the compiler made no program. */
  readonly hasStarted: boolean;
}

const signalNames: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/** Describes an outcome in Piston's terms. */
export function toAnswer(
  outcome: Outcome,
  { language, version, brig }: Known,
  { output, compileMs, hasStarted }: Observed,
): PistonAnswer {
  const isCompiled = brig === 'go' || brig === 'rust';
  const stage = toStage(outcome, output);
  if (isCompiled && !hasStarted) return { compile: stage, language, version };
  const compile = { compile: { ...clean, wall_time: Math.round(compileMs ?? 0) } };
  return { ...(isCompiled ? compile : {}), run: stage, language, version };
}

/** A compiler that made a program; Brig keeps none of its words. */
const clean: Stage = {
  ...{ stdout: '', stderr: '', output: '', code: 0, signal: null, message: null, status: null },
  ...{ cpu_time: 0, wall_time: 0, memory: 0 },
};

function toStage(outcome: Outcome, output: string | undefined): Stage {
  const { stdout, stderr, execution } = outcome;
  const words = outcome.success ? '' : describe(outcome);
  const whole = output ?? joinLines(stdout, stderr);
  return {
    stdout,
    stderr: joinLines(stderr, words),
    output: joinLines(whole, words),
    ...(outcome.success ? { code: 0, signal: null, message: null, status: null } : toEnd(outcome)),
    cpu_time: Math.round(execution.cpu_ms),
    wall_time: Math.round(execution.duration_ms),
    memory: execution.memory_peak_bytes,
  };
}

/** Python's own traceback is no part of Brig's stderr; other runtimes write theirs themselves. */
const describe = (failure: Failure): string =>
  failure.execution.runtime === 'python' && failure.error !== 'timeout' ? describeEnd(failure) : '';

function toEnd(failure: Failure): Pick<Stage, 'code' | 'signal' | 'message' | 'status'> {
  const { error, return_code: code } = failure;
  const killed = { code: null, signal: 'SIGKILL' } as const;
  if (error === 'timeout') return { ...killed, message: 'Time limit exceeded (wall clock)', status: 'TO' };
  if (error === 'cpu_limit') return { ...killed, message: 'Time limit exceeded', status: 'TO' };
  if (error === 'output_limit') {
    const isStderr = failure.message.includes('stderr');
    const stream = isStderr ? 'stderr' : 'stdout';
    return { ...killed, message: `${stream} length exceeded`, status: isStderr ? 'EL' : 'OL' };
  }
  if (error === 'memory_limit') return { ...killed, message: failure.message, status: 'SG' };
  const signal = code !== null && code < 0 ? (signalNames.get(-code) ?? null) : null;
  if (signal !== null)
    return { code: null, signal, message: `Caught fatal signal ${-(code ?? 0)}`, status: 'SG' };
  const status = code === null || code === 0 ? 1 : code;
  return { code: status, signal: null, message: `Exited with error status ${status}`, status: 'RE' };
}
