import type { Evidence } from '../../contract/evidence.ts';
import { suggestForMemoryLimit } from '../suggestions/limits.ts';
import {
  suggestForProgram,
  suggestForProgramExit,
  suggestForProgramSignal,
  suggestForProgramSyntax,
} from '../suggestions/programs.ts';
import type { ClassifyContext } from '../context.ts';
import type { Verdict } from './outcome-shape.ts';
import { describeSignal } from '../signals.ts';
import { readLastWords } from '../last-words/read-last-words.ts';

/**
 * Judges a failed program of a runtime other than Python; undefined when the host's own evidence is enough: it was
 * killed for memory, or a signal ended it.
 *
 * The launcher reports the failure and its status or signal. The cause comes from the runtime's text at the end of
 * stderr, which the script can forge, and so choose the name of its own failure.
 */
export function judgeProgram(evidence: Evidence, context: ClassifyContext): Verdict | undefined {
  const { report, ending, usage } = evidence;
  const { runtime = 'python' } = context;
  if (runtime === 'python' || report?.kind === 'runtime_error') return undefined;
  const status = ending.kind === 'exit' ? ending.code : undefined;
  const words = readLastWords(runtime, evidence.stderr.text, status);
  if (words?.kind === 'out_of_memory' && usage.oomKills === 0) {
    return {
      error: 'memory_limit',
      message: `The program ran out of memory: its limit is ${evidence.limits.memory_mb} MiB.`,
      suggestions: suggestForMemoryLimit(evidence, context),
    };
  }
  if (ending.kind === 'signal' && report?.kind === 'signalled' && usage.oomKills === 0) {
    return {
      error: 'crashed',
      message: describeSignal(ending, 'The program'),
      suggestions: suggestForProgramSignal(ending.signal, evidence.stderr.text),
    };
  }
  if (ending.kind !== 'exit' || report?.kind !== 'exited') return undefined;
  switch (words?.kind) {
    case 'syntax_error':
      return {
        error: 'syntax_error',
        message: words.message,
        suggestions: suggestForProgramSyntax(words),
        location: words.location,
        traceback: words.traceback,
      };
    case 'uncaught':
      return {
        error: 'runtime_error',
        type: words.type,
        message: words.message || words.type,
        suggestions: suggestForProgram(words, evidence, context),
        location: words.location,
        traceback: words.traceback,
      };
    case 'out_of_memory':
    case undefined:
      return {
        error: 'exited',
        message: `The script ended the process with status ${ending.code}.`,
        suggestions: suggestForProgramExit(evidence, context),
      };
  }
}
