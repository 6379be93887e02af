import type { Context, MiddlewareHandler } from 'hono';
import { allows, type Scope } from '../core/keys.ts';
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

/** Lets only good keys pass, before anything else of a request is looked at: its body, or whether there is such a route. */
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
 * Who sends a request, or why they are not let in. Sets the headers that go with it, on whatever answer follows.
 * @param wanted scopes of which the key must have one; none asks only for a good key.
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

/** Where several handlers may answer, the key must be good for each of them. */
function toScopes(access: readonly (readonly Scope[] | 'everybody')[]): readonly Scope[] {
  const lists = access.filter((one) => one !== 'everybody');
  const [first = []] = lists;
  const shared = first.filter((scope) => lists.every((list) => allows([scope], list)));
  return lists.length > 0 && shared.length === 0 ? ['admin'] : shared;
}

/** `Authorization` first: a good one counts whatever else was sent. */
function readKeys(c: Context<AppEnv>): string[] {
  const [, bearer] = /^bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '') ?? [];
  const own = c.req.header('x-api-key')?.trim();
  return [bearer, own].flatMap((key) => (key === undefined || key === '' ? [] : [key]));
}

/** As draft-ietf-httpapi-ratelimit-headers-11 has them: the policy, and what is left of it. */
function writeRate({ requests, seconds, remaining, resets }: RateState): [name: string, value: string][] {
  return [
    ['RateLimit-Policy', `"key";q=${requests};w=${seconds}`],
    ['RateLimit', `"key";r=${remaining};t=${resets}`],
  ];
}

/** RFC 6750, section 3: without a key nothing is said of an error. */
function writeChallenge({ reason }: Denial, wanted: readonly Scope[]): string | undefined {
  const realm = 'Bearer realm="brig"';
  if (reason === 'no_key') return realm;
  if (reason === 'wrong_key' || reason === 'expired') return `${realm}, error="invalid_token"`;
  if (reason !== 'wrong_scope') return undefined;
  return `${realm}, error="insufficient_scope", scope="${wanted.join(' ')}"`;
}
