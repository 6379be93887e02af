import type { Context, MiddlewareHandler } from 'hono';
import { allows, type Scope } from '../core/contract/keys.ts';
import type { Authentication, Denial } from '../keys/authenticate.ts';
import type { Keys } from '../keys/open-keys.ts';
import type { RateState } from '../keys/rates.ts';
import type { AppEnv } from './app-env.ts';
import { readAddress } from './caller.ts';
import { createDenier, type DenierOptions } from './deny.ts';
import { isForEverybody, wantedAccess, type AccessTable } from './route-access.ts';

export interface GuardOptions extends DenierOptions {
  readonly keys: Keys;
  readonly access: AccessTable;
}

/** Admits only valid keys, before the body or route of a request is looked at. */
export function guard({ keys, access, ...options }: GuardOptions): MiddlewareHandler<AppEnv> {
  const deny = createDenier(options);
  return async (c, next) => {
    if (isForEverybody(c, access)) return next();
    const { caller, denial } = await authenticateRequest(c, keys, toScopes(wantedAccess(c, access)));
    if (denial === undefined) {
      c.set('caller', caller);
      return next();
    }
    return deny(c, denial);
  };
}

/**
 * Authenticates a request. Sets the headers of the result on the answer, whatever it is.
 * @param wanted scopes of which the key must have one; an empty list asks for any valid key.
 */
export async function authenticateRequest(
  c: Context<AppEnv>,
  keys: Keys,
  wanted: readonly Scope[],
): Promise<Authentication> {
  const credentials = { keys: readKeys(c), address: readAddress(c) };
  const authentication = await keys.authenticate(credentials, wanted);
  const { denial, rate } = authentication;
  if (rate !== undefined) for (const [name, value] of writeRate(rate)) c.header(name, value);
  if (denial !== undefined) {
    const challenge = writeChallenge(denial, wanted);
    if (challenge !== undefined) c.header('WWW-Authenticate', challenge);
  }
  return authentication;
}

/** Returns the scopes that satisfy every handler that may answer. */
function toScopes(access: readonly (readonly Scope[] | 'everybody')[]): readonly Scope[] {
  const lists = access.filter((one) => one !== 'everybody');
  const [first = []] = lists;
  const shared = first.filter((scope) => lists.every((list) => allows([scope], list)));
  return lists.length > 0 && shared.length === 0 ? ['admin'] : shared;
}

/** Reads `Authorization` first: a valid key there counts, whatever else was sent. */
function readKeys(c: Context<AppEnv>): string[] {
  const [, bearer] = /^bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '') ?? [];
  const own = c.req.header('x-api-key')?.trim();
  return [bearer, own].flatMap((key) => (key === undefined || key === '' ? [] : [key]));
}

/** Formats the policy and its remainder (draft-ietf-httpapi-ratelimit-headers-11). */
function writeRate({ requests, seconds, remaining, resets }: RateState): [name: string, value: string][] {
  return [
    ['RateLimit-Policy', `"key";q=${requests};w=${seconds}`],
    ['RateLimit', `"key";r=${remaining};t=${resets}`],
  ];
}

/** Formats the challenge; without a key it names no error (RFC 6750, section 3). */
function writeChallenge({ reason }: Denial, wanted: readonly Scope[]): string | undefined {
  const realm = 'Bearer realm="brig"';
  if (reason === 'no_key') return realm;
  if (reason === 'wrong_key' || reason === 'expired') return `${realm}, error="invalid_token"`;
  if (reason !== 'wrong_scope') return undefined;
  return `${realm}, error="insufficient_scope", scope="${wanted.join(' ')}"`;
}
