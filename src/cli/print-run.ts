import type { Outcome } from '../core/contract/outcome.ts';
import { withOptions } from './name-options.ts';
import { printFindings } from './print-findings.ts';
import { printFailure, printSuggestions } from './print-failure.ts';
import { writeOutput } from './write-output.ts';

/** Prints the script's output as it comes, then its outcome. */
export function createPrinter(isScript: boolean) {
  let endsInLine = true;
  const streams = { stdout: process.stdout, stderr: process.stderr };
  return {
    onOutput: (stream: 'stdout' | 'stderr', chunk: Uint8Array): void | Promise<void> => {
      if (stream === 'stdout') endsInLine = chunk.at(-1) === 10;
      return writeOutput(streams[stream], chunk);
    },
    finish: (outcome: Outcome): void => {
      if (!endsInLine) process.stdout.write('\n');
      // A script that exits with a status of its own has printed its own message.
      const isOwnExit = isScript && !outcome.success && outcome.error === 'exited';
      if (outcome.policy !== undefined) printFindings(outcome.policy, process.stderr);
      if (!outcome.success && !isOwnExit) printFailure(withOptions(outcome), process.stderr);
      if (outcome.success) printSuggestions(outcome.suggestions ?? [], process.stderr);
      if (outcome.success && outcome.result !== 'null') process.stdout.write(`${outcome.result}\n`);
    },
  };
}
