import type { Logger } from 'pino';
import type { KeysEvent } from '../keys/open-keys.ts';

/** Writes into a log what becomes of the file of keys: their names, never what they are or their hashes. */
export function logKeys(logger: Logger): (event: KeysEvent) => void {
  return (event) => {
    if (event.type === 'keys_changed') logger.info({ keys: event.names }, 'keys changed');
    else logger.error({ reason: describe(event.error) }, 'keys not read; those from before stay good');
  };
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));
