import type { Caller } from '../core/caller.ts';
import type { OwnKey, Scope } from '../core/keys.ts';
import { findRepeated, KeyFileError, type KeyRecord } from './key-file.ts';
import { parseRate, type Rate } from './rate.ts';
import { digestKey, isSameDigest, readId } from './secret.ts';

/** A key that lets somebody in. */
export interface ApiKey {
  readonly name: string;
  readonly digest: Uint8Array;
  readonly scopes: readonly Scope[];
  readonly rate: Rate | undefined;
  /** In milliseconds since the epoch; never where it is undefined. */
  readonly expires: number | undefined;
  /** Whoever comes with it. */
  readonly caller: Caller;
}

/** All keys that are good, by where they come from. */
export interface KeySet {
  /** Those that `brig key create` made, by their ids. */
  readonly made: ReadonlyMap<string, ApiKey>;
  /** The operator's own, of the settings. */
  readonly own: readonly ApiKey[];
}

/** Everything but what is for `admin` alone: the settings cannot say more of a key than its name. */
const ownScopes: readonly Scope[] = ['execute', 'environments', 'jobs'];

/** @throws KeyFileError where two keys have the same name: they would share what each has of its own. */
export function createKeySet(records: readonly KeyRecord[], ownKeys: readonly OwnKey[]): KeySet {
  const repeated = findRepeated([...records, ...ownKeys].map(({ name }) => name));
  if (repeated !== undefined) {
    throw new KeyFileError(`the key ${repeated} is in the file and in BRIG_API_KEYS`);
  }
  return {
    made: new Map(records.map((record) => [record.id, openRecord(record)])),
    own: ownKeys.map(openOwn),
  };
}

/** The key that was sent, where it is one: hashed once, compared in constant time. */
export function findKey({ made, own }: KeySet, sent: string): ApiKey | undefined {
  const digest = digestKey(sent);
  const named = made.get(readId(sent) ?? '');
  let found = named !== undefined && isSameDigest(named.digest, digest) ? named : undefined;
  // All of them, always: how long it takes does not tell which was nearly right.
  for (const key of own) if (isSameDigest(key.digest, digest)) found = key;
  return found;
}

function openRecord(record: KeyRecord): ApiKey {
  const { name, sha256, scopes, rate, concurrency, ceilings, compile_ceilings, expires_at } = record;
  const compile = compile_ceilings === undefined ? {} : { compileCeilings: compile_ceilings };
  const environments = { environments: record.environments, megabytes: record.environments_mb };
  return {
    name,
    digest: Buffer.from(sha256, 'hex'),
    scopes,
    rate: rate === undefined ? undefined : parseRate(rate),
    expires: expires_at === undefined ? undefined : Date.parse(expires_at),
    caller: { line: lineOf(name), key: name, scopes, share: concurrency, ceilings, environments, ...compile },
  };
}

function openOwn({ name, key }: OwnKey): ApiKey {
  const caller = { line: lineOf(name), key: name, scopes: ownScopes };
  return { name, digest: digestKey(key), scopes: ownScopes, rate: undefined, expires: undefined, caller };
}

const lineOf = (name: string): string => `key ${name}`;
