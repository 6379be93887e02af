import type { Failure } from '../../core/contract/outcome.ts';

/** Describes the end of a failed script for its standard error, after the script's own output. */
export function describeEnd({ error, message, traceback, execution }: Failure): string {
  if (error === 'timeout') return `Execution timed out after ${execution.limits.timeout} seconds`;
  // A script that exits has printed its own message.
  if (error === 'exited') return '';
  return traceback ?? message;
}

export const joinLines = (before: string, after: string): string =>
  before === '' || after === '' || before.endsWith('\n') ? before + after : `${before}\n${after}`;

/** Converts milliseconds to seconds, with a number of decimals; by default to the microsecond. */
export const toSeconds = (milliseconds: number, decimals = 6): number =>
  Number((milliseconds / 1000).toFixed(decimals));
