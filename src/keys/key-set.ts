import { parseEntries } from '../core/contract/network/request.ts';
import type { Caller } from '../core/contract/caller.ts';
import type { OwnKey, Scope } from '../core/contract/keys.ts';
import { findRepeated, KeyFileError, type KeyRecord } from './key-file.ts';
import { parseRate, type Rate } from './rate.ts';
import { digestKey, isSameDigest, readId } from './secret.ts';

/** A valid key. */
export interface ApiKey {
  readonly name: string;
  readonly digest: Uint8Array;
  readonly scopes: readonly Scope[];
  readonly rate: Rate | undefined;
  /** Milliseconds since the epoch; undefined for never. */
  readonly expires: number | undefined;
  /** Caller that the key stands for. */
  readonly caller: Caller;
}

/** All valid keys, by source. */
export interface KeySet {
  /** Keys made by `brig key create`, by id. */
  readonly made: ReadonlyMap<string, ApiKey>;
  /** Keys of the operator's own, from the settings. */
  readonly own: readonly ApiKey[];
}

/** All scopes except `admin`, because a key in the settings has a name and nothing else. */
const ownScopes: readonly Scope[] = ['execute', 'environments', 'jobs', 'sessions', 'metrics'];

/** @throws KeyFileError when two keys have the same name, because they would share rates and quotas. */
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

/** Returns the key that was sent, if it is valid: hashed once, compared in constant time. */
export function findKey({ made, own }: KeySet, sent: string): ApiKey | undefined {
  const digest = digestKey(sent);
  const named = made.get(readId(sent) ?? '');
  let found = named !== undefined && isSameDigest(named.digest, digest) ? named : undefined;
  // Compares all of them, so that the time does not reveal a near match.
  for (const key of own) if (isSameDigest(key.digest, digest)) found = key;
  return found;
}

function openRecord(record: KeyRecord): ApiKey {
  const { name, sha256, scopes, rate, concurrency, isolation, ceilings, compile_ceilings, expires_at } =
    record;
  const compile = compile_ceilings === undefined ? {} : { compileCeilings: compile_ceilings };
  const environments = { environments: record.environments, megabytes: record.environments_mb };
  return {
    name,
    digest: Buffer.from(sha256, 'hex'),
    scopes,
    rate: rate === undefined ? undefined : parseRate(rate),
    expires: expires_at === undefined ? undefined : Date.parse(expires_at),
    caller: {
      queueKey: queueKeyOf(name),
      key: name,
      scopes,
      share: concurrency,
      ceilings,
      environments,
      ...(isolation === undefined ? {} : { isolation }),
      network: record.network && parseEntries(record.network),
      ...compile,
    },
  };
}

function openOwn({ name, key }: OwnKey): ApiKey {
  const caller = { queueKey: queueKeyOf(name), key: name, scopes: ownScopes };
  return { name, digest: digestKey(key), scopes: ownScopes, rate: undefined, expires: undefined, caller };
}

const queueKeyOf = (name: string): string => `key ${name}`;
