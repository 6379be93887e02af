import { styleText } from 'node:util';
import type { Failure, RefusalBody } from '../core/contract/outcome.ts';

/** Prints a failure for a person: what, where, and what to do. Colours it only when `stream` is a terminal. */
export function printFailure(failure: Failure | RefusalBody, stream: NodeJS.WriteStream): void {
  const style = (format: Parameters<typeof styleText>[0], text: string): string =>
    styleText(format, text, { stream });
  const what = failure.error_type === undefined ? failure.error : `${failure.error} (${failure.error_type})`;
  const where = failure.location === undefined ? '' : ` at line ${failure.location.line}`;
  stream.write(`${style(['bold', 'red'], `${what}${where}`)}: ${failure.message}\n`);
  if (failure.traceback !== undefined) stream.write(`${style('dim', failure.traceback.trimEnd())}\n`);
  printSuggestions(failure.suggestions, stream);
  if (failure.available_functions.length > 0) {
    stream.write(`  ${style('cyan', 'functions')} ${failure.available_functions.slice(0, 20).join(', ')}\n`);
  }
}

/** Prints suggestions, one a line. */
export function printSuggestions(suggestions: readonly string[], stream: NodeJS.WriteStream): void {
  for (const suggestion of suggestions)
    stream.write(`  ${styleText('cyan', 'try', { stream })} ${suggestion.replaceAll('\n', '\n      ')}\n`);
}
