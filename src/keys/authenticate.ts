import type { Caller } from '../core/contract/caller.ts';
import { allows, type Scope } from '../core/contract/keys.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { Failures } from './failures.ts';
import { findKey, type ApiKey, type KeySet } from './key-set.ts';
import type { Rates, RateState } from './rates.ts';
import { readId } from './secret.ts';

/** Keys and address of a request. */
export interface Credentials {
  /** Keys in order of precedence; one valid key is enough. */
  readonly keys: readonly string[];
  /** Address of the client. */
  readonly address: string;
}

export const denialReasons = [
  'no_key',
  'wrong_key',
  'too_many_wrong_keys',
  'too_many_at_once',
  'expired',
  'over_rate',
  'wrong_scope',
] as const;
export type DenialReason = (typeof denialReasons)[number];

/** Refused authentication. */
export interface Denial {
  readonly reason: DenialReason;
  /** `unauthorized`, `forbidden` or `rate_limited`, with a message for the caller. */
  readonly refusal: Refusal;
  /** Name of the key, if it is certain. */
  readonly key?: string;
  /** True for one of many similar denials, which the log need not repeat. */
  readonly isRepeated?: boolean;
}

/** Caller or denial, with the state of the key's rate if it has one. */
export type Authentication = (
  | { readonly caller: Caller; readonly denial?: undefined }
  | { readonly denial: Denial; readonly caller?: undefined }
) & { readonly rate?: RateState | undefined };

export interface KeyParts {
  /** Returns the present keys. */
  readonly current: () => KeySet;
  readonly rates: Rates;
  readonly failures: Failures;
}

/** @param wanted scopes of which the key must have one; an empty list asks for any valid key. */
export async function authenticate(
  { current, rates, failures }: KeyParts,
  { keys: sent, address }: Credentials,
  wanted: readonly Scope[],
): Promise<Authentication> {
  if (sent.length === 0) return { denial: noKey() };
  const set = current();
  // Always looked up, whatever other clients of the address do: it takes one hash of a header field, and a
  // comparison.
  const found = sent.map((key) => findKey(set, key)).filter((key) => key !== undefined);
  const [key] = found.toSorted((a, b) => Number(isExpired(a)) - Number(isExpired(b)));
  if (key === undefined) {
    if (!sent.some(canBeGuessed)) return { denial: wrongKey() };
    const { wait, isFirst } = failures.add(address);
    return { denial: wait > 0 ? tooManyWrongKeys(wait, !isFirst) : wrongKey() };
  }
  if (isExpired(key)) return { denial: expired(key) };
  const rate = await rates.consume(key);
  if (rate?.isOver === true) return { denial: overRate(key, rate), rate };
  if (!allows(key.scopes, wanted)) return { denial: wrongScope(key, wanted), rate };
  return { caller: key.caller, rate };
}

/** True for a key that the operator chose, which may be short; guessing 256 random bits is hopeless. */
const canBeGuessed = (key: string): boolean => readId(key) === undefined;

const isExpired = ({ expires }: ApiKey): boolean => expires !== undefined && expires <= Date.now();

const sendKey = 'Send the key that the operator gave you, as X-API-Key: KEY or Authorization: Bearer KEY.';
const newKey = 'Ask the operator for a key; they make one with brig key create.';

const noKey = (): Denial => ({
  reason: 'no_key',
  refusal: new Refusal('unauthorized', 'The request has no API key.', { suggestions: [sendKey] }),
});

const wrongKey = (): Denial => ({
  reason: 'wrong_key',
  refusal: new Refusal('unauthorized', 'There is no such API key.', { suggestions: [sendKey, newKey] }),
});

const tooManyWrongKeys = (wait: number, isRepeated: boolean): Denial => ({
  reason: 'too_many_wrong_keys',
  isRepeated,
  refusal: new Refusal('rate_limited', 'Too many wrong API keys came from this address.', {
    retryAfter: wait,
    suggestions: ['Wait for the seconds in Retry-After, and check the key.'],
  }),
});

const expired = ({ name, expires = 0 }: ApiKey): Denial => ({
  reason: 'expired',
  key: name,
  refusal: new Refusal(
    'unauthorized',
    `The API key "${name}" expired at ${new Date(expires).toISOString()}.`,
    {
      suggestions: [newKey],
    },
  ),
});

const overRate = ({ name }: ApiKey, { requests, seconds, resets }: RateState): Denial => ({
  reason: 'over_rate',
  key: name,
  refusal: new Refusal(
    'rate_limited',
    `The API key "${name}" is over its rate of ${requests} requests in ${seconds} s.`,
    { retryAfter: resets, suggestions: ['Send the request again after the seconds in Retry-After.'] },
  ),
});

const wrongScope = ({ name, scopes }: ApiKey, wanted: readonly Scope[]): Denial => ({
  reason: 'wrong_scope',
  key: name,
  refusal: new Refusal(
    'forbidden',
    `The API key "${name}" is for ${scopes.join(', ')}; this needs ${wanted.join(' or ')}.`,
    { suggestions: [`Ask the operator for a key with the scope ${wanted.join(' or ')}.`] },
  ),
});
