import type { Logger } from 'pino';
import type { KeysEvent } from '../keys/open-keys.ts';

/** Logs changes of the file of keys: names only, never a key or its hash. */
export function logKeys(logger: Logger): (event: KeysEvent) => void {
  return (event) => {
    if (event.type === 'keys_changed') logger.info({ keys: event.names }, 'keys changed');
    else logger.error({ reason: describe(event.error) }, 'keys not read; those from before stay good');
  };
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));
