import { CommanderError } from 'commander';

/** Exit status of Code Cantation's own command after a wrong call. */
const USAGE_STATUS = 2;

/** Code of an error that Commander has not printed. */
export const MISUSE = 'brig.cantation';

/** Creates the error of a call that cannot be understood: a sentence for standard error, and an exit status. */
export const misuse = (message: string): CommanderError => new CommanderError(USAGE_STATUS, MISUSE, message);

/** Gives Commander's own errors the same status. */
export function toMisuse(error: CommanderError): never {
  throw error.exitCode === 0 ? error : new CommanderError(USAGE_STATUS, error.code, error.message);
}
