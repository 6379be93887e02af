import type { Context, MiddlewareHandler } from 'hono';
import { allows, type Scope } from '../core/keys.ts';
import type { Authentication, Denial } from '../keys/authenticate.ts';
import type { Keys } from '../keys/open-keys.ts';
import type { RateState } from '../keys/rates.ts';
import type { AppEnv, RequestLabel } from './app-env.ts';
import { readAddress } from './caller.ts';
import { respondRefusal } from './respond-refusal.ts';
import { wantedAccess } from './route-access.ts';
import { labelRequest } from './watch-request.ts';

/** Answers somebody who is not let in. */
export type DenialResponder = (c: Context<AppEnv>, denial: Denial) => Response;

/** Somebody was not let in, for the log. */
export interface DenialEvent extends RequestLabel {
  readonly reason: Denial['reason'];
  readonly address: string;
  /** The key's name, where that is sure. */
  readonly key: string | undefined;
}

export interface GuardOptions {
  readonly keys: Keys;
  /** How denials are answered below a path, `/dialects/example/` for example; ours elsewhere. */
  readonly responders?: Readonly<Record<string, DenialResponder>>;
  readonly onDenial?: ((event: DenialEvent) => void) | undefined;
}

/** Lets only good keys pass, before anything else of a request is looked at: its body, or whether there is such a route. */
export function guard({ keys, responders = {}, onDenial }: GuardOptions): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const access = wantedAccess(c);
    if (access.length > 0 && access.every((one) => one === 'everybody')) return next();
    const { caller, denial } = await authenticateRequest(c, keys, toScopes(access));
    if (denial === undefined) {
      c.set('caller', caller);
      return next();
    }
    onDenial?.({ ...labelRequest(c), reason: denial.reason, address: readAddress(c), key: denial.key });
    const prefix = Object.keys(responders).find((path) => c.req.path.startsWith(path)) ?? '';
    return (responders[prefix] ?? respondDenial)(c, denial);
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

/** In the usual shape of a refusal. */
export const respondDenial: DenialResponder = (c, { refusal }) => respondRefusal(c, refusal);

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
