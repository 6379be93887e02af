import { isIP } from 'node:net';
import { Refusal } from '../core/contract/refusal.ts';
import { isLoopback } from '../loopback.ts';

/** Names of the service, and origins whose pages may call it. */
export interface OriginRules {
  /** Address that the service listens on. */
  readonly host: string;
  /** Names of the service, in lower case and without a port. */
  readonly allowedHosts: readonly string[];
  /** Allowed origins, as browsers write them. */
  readonly allowedOrigins: readonly string[];
  /** True when callers need a key, which a page that tricks a browser does not have. */
  readonly hasKeys: boolean;
}

/** Origin of a request, from the header fields `Host`, `Origin` and `Sec-Fetch-*`. */
export interface OriginFacts {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly site: string | undefined;
  /** True when a person follows a link to a page that changes nothing. */
  readonly isVisit: boolean;
  /** True for a route that probes request, under whatever address a machine has at the moment. */
  readonly isProbe: boolean;
}

export interface OriginComplaint {
  readonly reason: 'foreign_host' | 'foreign_origin';
  readonly refusal: Refusal;
}

/**
 * Returns the reason to reject a request that a browser sends for a foreign page; undefined when it may pass.
 *
 * A request without `Origin` and `Sec-Fetch-Site` comes from a program, or is a plain GET whose answer no page can
 * read. A page can choose neither these fields nor `Host`. A page whose name was made to resolve to this address (DNS
 * rebinding) counts as same-origin, so the name itself is judged: on loopback always, elsewhere when nothing else
 * keeps the page out.
 */
export function judgeOrigin(facts: OriginFacts, rules: OriginRules): OriginComplaint | undefined {
  const { origin, site } = facts;
  const name = facts.host === undefined ? 'localhost' : readName(facts.host);
  if (name === undefined || !mayBeCalled(name, facts, rules)) return foreignHost();
  if (origin !== undefined && rules.allowedOrigins.includes(origin)) return undefined;
  if (site === 'same-origin') return undefined;
  if (site === undefined || site === 'none') {
    if (origin === undefined) return undefined;
    const isOwn = origin.slice(origin.indexOf('://') + 3) === facts.host?.toLowerCase();
    return isOwn && (rules.hasKeys || isCertain(name, rules)) ? undefined : foreignOrigin();
  }
  return facts.isVisit ? undefined : foreignOrigin();
}

/**
 * Returns the name or address of a `Host` field, in lower case and without brackets; undefined when it is malformed.
 */
export function readName(host: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([^\s:@/?#[\]]+))(?::\d{0,5})?$/i.exec(host) ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}

/** Restricts names on loopback, and where the operator listed names. */
function mayBeCalled(name: string, { isProbe }: OriginFacts, rules: OriginRules): boolean {
  const isBounded = isLoopback(rules.host) || rules.allowedHosts.length > 0;
  return !isBounded || isKnown(name, rules) || (isProbe && isIP(name) !== 0);
}

/** True when no stranger can have made a name resolve to this address; always for an address. */
const isCertain = (name: string, rules: OriginRules): boolean => isKnown(name, rules) || isIP(name) !== 0;

const isKnown = (name: string, { host, allowedHosts }: OriginRules): boolean =>
  isLoopback(name) || name === host.toLowerCase() || allowedHosts.includes(name);

const foreignHost = (): OriginComplaint => ({
  reason: 'foreign_host',
  refusal: new Refusal('forbidden', 'The service is not known by the name in the Host field.', {
    suggestions: [
      'Call it by the address that it listens on.',
      'The operator allows names with BRIG_ALLOWED_HOSTS.',
    ],
  }),
});

const foreignOrigin = (): OriginComplaint => ({
  reason: 'foreign_origin',
  refusal: new Refusal('forbidden', 'A page of another origin had a browser send this.', {
    suggestions: ['The operator allows origins with BRIG_ALLOWED_ORIGINS, names with BRIG_ALLOWED_HOSTS.'],
  }),
});
