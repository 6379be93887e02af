import type { Failure } from '../../core/outcome.ts';

/** How a script ended that failed, as it would stand on standard error after the script's own words. */
export function describeEnd({ error, message, traceback, execution }: Failure): string {
  if (error === 'timeout') return `Execution timed out after ${execution.limits.timeout} seconds`;
  // A script that ends itself says what it has to say.
  if (error === 'exited') return '';
  return traceback ?? message;
}

export const joinLines = (before: string, after: string): string =>
  before === '' || after === '' || before.endsWith('\n') ? before + after : `${before}\n${after}`;

/** Milliseconds as seconds, with so many decimals; by default to the microsecond. */
export const toSeconds = (milliseconds: number, decimals = 6): number =>
  Number((milliseconds / 1000).toFixed(decimals));
