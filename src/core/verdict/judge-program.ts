import type { Evidence } from '../evidence.ts';
import { suggestForMemoryLimit } from '../suggestions/limits.ts';
import {
  suggestForProgram,
  suggestForProgramExit,
  suggestForProgramSignal,
  suggestForProgramSyntax,
} from '../suggestions/programs.ts';
import type { ClassifyContext, Verdict } from './outcome-shape.ts';
import { describeSignal } from './signals.ts';
import { readLastWords } from '../last-words/read-last-words.ts';

/**
 * The verdict on a program of another runtime than Python that did not succeed; undefined where the host's own
 * evidence says all there is to say: it was killed for memory, or a signal ended it.
 *
 * That it failed, and with which status or signal, is the launcher's word. What it failed of is what the runtime wrote
 * on stderr at its end: the script can write the same, and thereby choose how its own failure is called.
 */
export function judgeProgram(evidence: Evidence, context: ClassifyContext): Verdict | undefined {
  const { report, ending, usage } = evidence;
  const { runtime = 'python' } = context;
  if (runtime === 'python' || report?.kind === 'runtime_error') return undefined;
  const words = readLastWords(runtime, evidence.stderr.text);
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
      suggestions: suggestForProgramSignal(ending.signal),
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
