import type { Evidence, Stop } from '../../contract/evidence.ts';
import type { Failure } from '../../contract/outcome.ts';
import { formatBytes, formatMs } from '../../text/format-figures.ts';
import type { ClassifyContext } from '../context.ts';
import { toFailure, type Verdict } from './outcome-shape.ts';
import { readCompilerError } from '../last-words/compilers.ts';
import { suggestForProgramSyntax } from '../suggestions/programs.ts';
import { describeSignal } from '../signals.ts';

/** Limits of a compiler that differ from the operator's common ones. */
export interface CompilationContext extends ClassifyContext {
  /** Name of the key that bounded the compiler. */
  readonly boundBy?: string | undefined;
}

const smaller = ['Compile less: a smaller source, fewer generic instances, no large constants'];

/** Judges a script whose compiler made no program. The compiler's output becomes the outcome's stderr. */
export function classifyCompilation(evidence: Evidence, context: CompilationContext): Failure {
  const verdict = judge(evidence, context);
  const isLimit = limitErrors.has(verdict.error);
  if (context.boundBy === undefined || !isLimit) return toFailure(evidence, context, verdict);
  const suggestions = [
    `The ceilings of the API key "${context.boundBy}" bound its compiler; the operator can raise them: --max-compile-timeout, --max-compile-memory.`,
    ...(verdict.suggestions ?? []),
  ];
  return toFailure(evidence, context, { ...verdict, suggestions });
}

const limitErrors: ReadonlySet<Verdict['error']> = new Set(['timeout', 'cpu_limit', 'memory_limit']);

function judge(evidence: Evidence, { runtime = 'python' }: ClassifyContext): Verdict {
  const { stop, ending, usage, limits } = evidence;
  if (stop !== undefined) return judgeStop(stop, evidence);
  if (usage.oomKills > 0) {
    return {
      error: 'memory_limit',
      message: `The compiler was killed at its memory limit of ${limits.memory_mb} MiB.`,
      suggestions: smaller,
    };
  }
  if (ending.kind === 'signal') {
    return { error: 'crashed', message: `The compiler: ${describeSignal(ending)}`, suggestions: smaller };
  }
  const error = readCompilerError(runtime, evidence.stderr.text);
  return {
    error: 'syntax_error',
    message: error?.message ?? 'The compiler refused the source; stderr holds what it said.',
    suggestions: suggestForProgramSyntax(error ?? {}),
    location: error?.location,
  };
}

function judgeStop(stop: Stop, { limits }: Evidence): Verdict {
  switch (stop.reason) {
    case 'deadline':
      return {
        error: 'timeout',
        message: `The compiler was stopped after ${formatMs(limits.timeout * 1000)}, its limit of wall clock time.`,
        suggestions: smaller,
      };
    case 'cpu_time':
      return {
        error: 'cpu_limit',
        message: `The compiler was stopped after ${formatMs(limits.cpu_time * 1000)} of CPU time, its limit.`,
        suggestions: smaller,
      };
    case 'socket_memory':
      return { error: 'memory_limit', message: 'The compiler used too much memory.', suggestions: smaller };
    case 'flood':
      return {
        error: 'output_limit',
        message: `The compiler flooded ${stop.stream}: it was stopped after ${formatBytes(limits.output_bytes)}.`,
        suggestions: smaller,
      };
    case 'result_too_large':
      return { error: 'output_limit', message: 'The compiled program is too large.', suggestions: smaller };
    case 'protocol':
      return {
        error: 'exited',
        message: `The compiler broke the channel on which its program travels (${stop.detail}).`,
        suggestions: smaller,
      };
  }
}
