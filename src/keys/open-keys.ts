import { allows, type OwnKey, type Scope } from '../core/contract/keys.ts';
import { authenticate, type Authentication, type Credentials } from './authenticate.ts';
import { createFailures } from './failures.ts';
import { createKeySet, type KeySet } from './key-set.ts';
import { openRedis } from '../redis/open-redis.ts';
import { createRates } from './rates.ts';
import { watchKeyFile, type KeyFileListener } from './watch-key-file.ts';

/** Events of the file of keys while the service runs. */
export type KeysEvent =
  | {
      readonly type: 'keys_changed';
      readonly names: readonly string[];
      /** Callers whose keys are no longer valid: `Caller.queueKey`. */
      readonly gone: readonly string[];
    }
  /** The file is unusable now; the previous keys stay valid. */
  | { readonly type: 'keys_not_read'; readonly error: unknown };

/** Keys that clients may use. */
export interface Keys {
  /**
   * Checks credentials, and counts against the key's rate. @param wanted scopes of which the key must have one; an
   * empty list asks for any valid key.
   */
  authenticate(credentials: Credentials, wanted: readonly Scope[]): Promise<Authentication>;
  close(): void;
}

export interface KeysOptions {
  readonly file: string | undefined;
  readonly own: readonly OwnKey[] | undefined;
  readonly onEvent?: (event: KeysEvent) => void;
  /** Redis in which services count the rates of keys together; undefined for a service alone. */
  readonly redisUrl?: string | undefined;
  /** Milliseconds between two looks at the file. */
  readonly interval?: number;
}

/**
 * Opens the keys of the settings and of the file, and reads the file again when it changes. Returns undefined when
 * neither exists: the service is open then. A file without keys lets nobody in.
 *
 * @throws KeyFileError when the file cannot be used at start.
 */
export async function openKeys({
  file,
  own,
  onEvent = () => {},
  redisUrl,
  interval,
}: KeysOptions): Promise<Keys | undefined> {
  if (file === undefined && own === undefined) return undefined;
  let set: KeySet | undefined;
  const listener: KeyFileListener = {
    onKeys: (records) => {
      const before = set;
      set = createKeySet(records, own ?? []);
      if (before === undefined) return;
      const names = records.map(({ name }) => name);
      onEvent({ type: 'keys_changed', names, gone: findGone(before, set) });
    },
    onFailure: (error) => onEvent({ type: 'keys_not_read', error }),
  };
  const close = file === undefined ? () => {} : await watchKeyFile(file, listener, interval);
  set ??= createKeySet([], own ?? []);
  const keys = set;
  const shared = redisUrl === undefined ? undefined : await openRedis(redisUrl, () => undefined);
  const rates = await createRates(shared?.connect('hasty'));
  const parts = { current: () => set ?? keys, rates, failures: createFailures() };
  return {
    authenticate: (credentials, wanted) => authenticate(parts, credentials, wanted),
    close: () => {
      close();
      shared?.close();
    },
  };
}

/** Returns the callers of keys that are no more, or may submit no jobs any more. */
function findGone(before: KeySet, now: KeySet): string[] {
  const left = new Set(listSubmitters(now));
  return listSubmitters(before).filter((queueKey) => !left.has(queueKey));
}

const listSubmitters = ({ made }: KeySet): string[] =>
  [...made.values()].filter(({ scopes }) => allows(scopes, ['jobs'])).map(({ caller }) => caller.queueKey);
