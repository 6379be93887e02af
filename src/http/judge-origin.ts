import { isIP } from 'node:net';
import { Refusal } from '../core/refusal.ts';
import { isLoopback } from '../loopback.ts';

/** Whose pages may have a browser call the service, and by which names it is called. */
export interface OriginRules {
  /** The address that is listened on. */
  readonly host: string;
  /** Names of the service, lower-case and without a port. */
  readonly allowedHosts: readonly string[];
  /** Origins of other pages, as a browser writes them. */
  readonly allowedOrigins: readonly string[];
  /** Whether callers need a key: a page that tricks a browser has none. */
  readonly hasKeys: boolean;
}

/** What a request says of where it comes from; the header fields `Host`, `Origin` and `Sec-Fetch-*`. */
export interface OriginFacts {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly site: string | undefined;
  /** A person follows a link to a page that changes nothing. */
  readonly isVisit: boolean;
  /** A route that probes ask for, under whatever address a machine has today. */
  readonly isProbe: boolean;
}

export interface OriginComplaint {
  readonly reason: 'foreign_host' | 'foreign_origin';
  readonly refusal: Refusal;
}

/**
 * Why a request is not carried out that a browser sends for a page of somebody else; undefined where it may pass.
 *
 * A request without `Origin` and `Sec-Fetch-Site` comes from a program, or is a plain GET whose answer no page can read. A
 * page cannot choose these fields, nor `Host`. A page whose name was made to lead here (DNS rebinding) counts as of the same
 * origin, so the name itself is judged: on loopback always, elsewhere where nothing but it keeps the page out.
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

/** The name or address of a `Host` field, lower-case and without brackets; undefined where it is none. */
export function readName(host: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([^\s:@/?#[\]]+))(?::\d{0,5})?$/i.exec(host) ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}

/** On loopback, and where the operator named names, by no other name. */
function mayBeCalled(name: string, { isProbe }: OriginFacts, rules: OriginRules): boolean {
  const isBounded = isLoopback(rules.host) || rules.allowedHosts.length > 0;
  return !isBounded || isKnown(name, rules) || (isProbe && isIP(name) !== 0);
}

/** Whether a name cannot have been made to lead here by a stranger: no address can. */
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
