import { describeReport } from './describe-report.ts';
import type { Ending, Evidence, Stop } from '../../contract/evidence.ts';
import { formatBytes, formatMs } from '../../text/format-figures.ts';
import { floodThreshold } from '../../contract/limits.ts';
import { nullResult, type Outcome } from '../../contract/outcome.ts';
import type { ClassifyContext } from '../context.ts';
import { toFailure, toSuccess, type Verdict } from './outcome-shape.ts';
import { suggestForExit, suggestForSignal } from '../suggestions/endings.ts';
import {
  suggestForCpuLimit,
  suggestForFlood,
  suggestForLargeResult,
  suggestForMemoryLimit,
  suggestForTimeout,
} from '../suggestions/limits.ts';
import { judgeProgram } from './judge-program.ts';
import { describeInterpreterSignal, SIGKILL, SIGXCPU } from '../signals.ts';

/**
 * A SIGKILL or SIGXCPU after this share of the permitted CPU time counts as its limit, because the kernel counts in
 * ticks. At less CPU time the script sent the signal.
 */
const CPU_SHARE = 0.95;

/**
 * Judges one execution. Pure and total: every evidence has a verdict.
 *
 * The host's own evidence comes first: why it stopped the execution, how the process ended, what the kernel killed.
 * The harness shares its process with the script, so its report can make a failure more precise, and a success only
 * when the process ended with status 0.
 */
export function classify(evidence: Evidence, context: ClassifyContext): Outcome {
  const { mode, stop, ending, report } = evidence;
  if (stop !== undefined) return toFailure(evidence, context, judgeStop(stop, evidence, context));
  if (ending.kind === 'exit' && ending.code === 0) {
    if (mode === 'function' && report?.kind === 'result') return toSuccess(evidence, context, report.json);
    if (mode === 'script' && (report === undefined || report.kind === 'result')) {
      return toSuccess(evidence, context, nullResult);
    }
  }
  return toFailure(evidence, context, judgeEnding(ending, evidence, context));
}

function judgeStop(stop: Stop, evidence: Evidence, context: ClassifyContext): Verdict {
  const { limits } = evidence;
  switch (stop.reason) {
    case 'flood': {
      const threshold = formatBytes(floodThreshold(limits.output_bytes));
      const cap = formatBytes(limits.output_bytes);
      return {
        error: 'output_limit',
        message: `The script flooded ${stop.stream}: it was stopped after ${threshold}, of which ${cap} are kept.`,
        suggestions: suggestForFlood(stop.stream, evidence, context),
      };
    }
    case 'result_too_large':
      return {
        error: 'output_limit',
        message: 'The result is larger than the cap of results.',
        suggestions: suggestForLargeResult(context),
      };
    case 'deadline':
      return {
        error: 'timeout',
        message: `The script was stopped after ${formatMs(limits.timeout * 1000)}, its limit of wall clock time.`,
        suggestions: suggestForTimeout(evidence, context),
      };
    case 'cpu_time':
      return judgeCpuTime(evidence, context);
    case 'socket_memory':
      return {
        error: 'memory_limit',
        message: `The script was stopped: buffers of its sockets took more than half of its memory limit of ${limits.memory_mb} MiB beside it.`,
        suggestions: suggestForMemoryLimit(evidence, context),
      };
    case 'protocol':
      return {
        error: 'exited',
        message: `The script broke the channel on which its result travels (${stop.detail}).`,
        suggestions: [
          'Leave the file descriptors alone that the script did not open itself',
          ...suggestForExit({ mode: evidence.mode }, context.functionName),
        ],
      };
  }
}

function judgeCpuTime(evidence: Evidence, context: ClassifyContext): Verdict {
  const allowed = formatMs(evidence.limits.cpu_time * 1000);
  return {
    error: 'cpu_limit',
    message: `The script was stopped after ${allowed} of CPU time, its limit.`,
    suggestions: suggestForCpuLimit(evidence, context),
  };
}

/** Judges a process that ended by itself without a result. */
function judgeEnding(ending: Ending, evidence: Evidence, context: ClassifyContext): Verdict {
  const { usage, report } = evidence;
  const own = judgeProgram(evidence, context);
  if (own !== undefined) return own;
  // A result contradicts such an end, so the report explains nothing.
  const explanation = ending.kind === 'exit' && report?.kind !== 'result' ? report : undefined;
  if (explanation !== undefined) return describeReport(explanation, evidence, context);
  if (usage.oomKills > 0 && !(ending.kind === 'exit' && report !== undefined)) {
    return judgeMemory(evidence, context);
  }
  return ending.kind === 'signal'
    ? judgeSignal(ending, evidence, context)
    : judgeExit(ending.code, evidence, context);
}

function judgeMemory(evidence: Evidence, context: ClassifyContext): Verdict {
  return {
    error: 'memory_limit',
    message: `The script was killed at its memory limit of ${evidence.limits.memory_mb} MiB.`,
    suggestions: suggestForMemoryLimit(evidence, context),
  };
}

function judgeSignal(
  ending: Extract<Ending, { kind: 'signal' }>,
  evidence: Evidence,
  context: ClassifyContext,
): Verdict {
  const { signal } = ending;
  const isOverCpu = evidence.usage.cpuMs >= evidence.limits.cpu_time * 1000 * CPU_SHARE;
  if (isOverCpu && (signal === SIGXCPU || signal === SIGKILL)) return judgeCpuTime(evidence, context);
  return {
    error: 'crashed',
    message: describeInterpreterSignal(ending, evidence.stderr.text),
    suggestions: suggestForSignal(signal, evidence, context),
  };
}

function judgeExit(code: number, evidence: Evidence, { functionName }: ClassifyContext): Verdict {
  const { mode, report } = evidence;
  const when =
    mode === 'script'
      ? ''
      : report === undefined
        ? ` before ${functionName}() returned`
        : `, although a result had been reported`;
  return {
    error: 'exited',
    message: `The script ended the process with status ${code}${when}.`,
    suggestions: suggestForExit(evidence, functionName),
  };
}
