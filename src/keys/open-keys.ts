import type { OwnKey, Scope } from '../core/keys.ts';
import { authenticate, type Authentication, type Credentials } from './authenticate.ts';
import { createFailures } from './failures.ts';
import { createKeySet, type KeySet } from './key-set.ts';
import { createRates } from './rates.ts';
import { watchKeyFile, type KeyFileListener } from './watch-key-file.ts';

/** What becomes of the file of keys while the service runs. */
export type KeysEvent =
  | { readonly type: 'keys_changed'; readonly names: readonly string[] }
  /** The file cannot be used as it is: those that were good stay good. */
  | { readonly type: 'keys_not_read'; readonly error: unknown };

/** Who may come in. */
export interface Keys {
  /** Counts against the key's rate. @param wanted scopes of which the key must have one; none asks only for a good key. */
  authenticate(credentials: Credentials, wanted: readonly Scope[]): Promise<Authentication>;
  close(): void;
}

export interface KeysOptions {
  readonly file: string | undefined;
  readonly own: readonly OwnKey[] | undefined;
  readonly onEvent?: (event: KeysEvent) => void;
  /** Milliseconds between two looks at the file. */
  readonly interval?: number;
}

/**
 * The keys of the settings and of the file, which is read again when it changes. Undefined where neither is there: then
 * the service is open. A file without keys is none of that: it lets nobody in.
 *
 * @throws KeyFileError where the file cannot be used at first.
 */
export async function openKeys({
  file,
  own,
  onEvent = () => {},
  interval,
}: KeysOptions): Promise<Keys | undefined> {
  if (file === undefined && own === undefined) return undefined;
  let set: KeySet | undefined;
  const listener: KeyFileListener = {
    onKeys: (records) => {
      const isFirst = set === undefined;
      set = createKeySet(records, own ?? []);
      if (!isFirst) onEvent({ type: 'keys_changed', names: records.map(({ name }) => name) });
    },
    onFailure: (error) => onEvent({ type: 'keys_not_read', error }),
  };
  const close = file === undefined ? () => {} : await watchKeyFile(file, listener, interval);
  set ??= createKeySet([], own ?? []);
  const keys = set;
  const parts = { current: () => set ?? keys, rates: await createRates(), failures: createFailures() };
  return { authenticate: (credentials, wanted) => authenticate(parts, credentials, wanted), close };
}
