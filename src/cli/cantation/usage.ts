import { CommanderError } from 'commander';

/** What Code Cantation's own command ends with where it was called wrongly. */
const USAGE_STATUS = 2;

/** The code of what nobody has said yet. */
export const MISUSE = 'brig.cantation';

/** A call that cannot be understood: a sentence for standard error, and its exit status. */
export const misuse = (message: string): CommanderError => new CommanderError(USAGE_STATUS, MISUSE, message);

/** The command line's own complaints end with the same status. */
export function toMisuse(error: CommanderError): never {
  throw error.exitCode === 0 ? error : new CommanderError(USAGE_STATUS, error.code, error.message);
}
