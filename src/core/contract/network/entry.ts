import ipaddr from 'ipaddr.js';
import { quote } from '../../text/words.ts';
import { isIpv6, kindOfAddress } from './addresses.ts';

/** A part of the network that scripts may reach. Only `parseEntry` makes entries: host names in them are ASCII. */
export type NetworkEntry =
  /** Every public address, at every port. */
  | { readonly kind: 'public' }
  | { readonly kind: 'name'; readonly host: string; readonly port: number }
  /** Every name below a domain, at any depth, without the domain itself. */
  | { readonly kind: 'pattern'; readonly domain: string; readonly port: number }
  | Address;

interface Address {
  readonly kind: 'address';
  /** As RFC 4291 and RFC 5952 write it, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** A host and a port, as a script names them. */
export type Destination = Extract<NetworkEntry, { kind: 'name' | 'address' }>;

/** Longest text of an entry: a host name has 253 characters at most, and one outside ASCII grows when it is encoded. */
const MOST_CHARACTERS = 300;
const MOST_NAME = 253;
const MOST_LABEL = 63;
const MOST_PORT = 65_535;

const EXAMPLE = 'api.example.com:443';

/**
 * Parses `public`, `api.example.com:443`, `*.example.com:443`, `192.0.2.1:5432` or `[2001:db8::1]:443`, in time in
 * proportion to the text. An IP address counts in its usual form only.
 * @returns the entry, or what is wrong with the text, as the end of a sentence.
 * @example
 * parseEntry('API.example.com.:443'); // { kind: 'name', host: 'api.example.com', port: 443 }
 */
export function parseEntry(text: string): NetworkEntry | string {
  if (text === 'public') return { kind: 'public' };
  const parts = splitPort(text);
  if (typeof parts === 'string') return parts;
  const { host, port } = parts;
  if (!host.startsWith('*')) return toDestination(host, port);
  if (host === '*') return 'is everything; "public" is every public address';
  if (!host.startsWith('*.')) return `has a "*" that is no whole label; "*.example.com:443" is a pattern`;
  const domain = toName(host.slice(2));
  return typeof domain === 'string' ? domain : { kind: 'pattern', domain: domain.name, port };
}

/** Parses what a script names: no pattern, no `public`. @returns as `parseEntry`. */
export function parseDestination(text: string): Destination | string {
  const parts = splitPort(text);
  return typeof parts === 'string' ? parts : toDestination(parts.host, parts.port);
}

/** Writes an entry as `parseEntry` reads it. */
export function writeEntry(entry: NetworkEntry): string {
  switch (entry.kind) {
    case 'public':
      return 'public';
    case 'pattern':
      return `*.${entry.domain}:${entry.port}`;
    case 'name':
      return `${entry.host}:${entry.port}`;
    case 'address':
      return entry.host.includes(':') ? `[${entry.host}]:${entry.port}` : `${entry.host}:${entry.port}`;
  }
}

interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

function splitPort(text: string): HostAndPort | string {
  if (text.length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS} characters`;
  if (text.includes('/'))
    return `is a URL or a range of addresses; a host and its port are named: "${EXAMPLE}"`;
  const at = text.lastIndexOf(':');
  // The colon of "[::1]" belongs to the address.
  if (at === -1 || text.endsWith(']')) return `names no port: "${EXAMPLE}"`;
  const [host, digits] = [text.slice(0, at), text.slice(at + 1)];
  const port = /^[1-9][0-9]{0,4}$/.test(digits) ? Number(digits) : Infinity;
  if (port > MOST_PORT) return `has the port ${quote(digits)}; a port is one number from 1 to ${MOST_PORT}`;
  if (host === '') return `names no host: "${EXAMPLE}"`;
  return { host, port };
}

function toDestination(host: string, port: number): Destination | string {
  if (host.startsWith('[') && host.endsWith(']')) {
    const inside = host.slice(1, -1);
    if (!isIpv6(inside)) return 'holds no IPv6 address between its brackets';
    return toAddress(ipaddr.IPv6.parse(inside).toRFC5952String(), port);
  }
  if (host.includes(':'))
    return 'has a ":" too many; an IPv6 address stands in brackets: "[2001:db8::1]:443"';
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return toAddress(host, port);
  const name = toName(host);
  return typeof name === 'string' ? name : { kind: 'name', host: name.name, port };
}

function toAddress(host: string, port: number): Address | string {
  const kind = kindOfAddress(host);
  if (kind === 'unspecified' || kind === 'multicast') return 'is the address of no host';
  // A listener at such an address would not be where programs look for it.
  if (kind === 'embedded') return 'stands for an IPv4 address; write that address itself';
  return { kind: 'address', host, port };
}

/** Returns the name in lower case and ASCII, without the dot of the root; or a complaint. */
function toName(text: string): { readonly name: string } | string {
  const rooted = text.endsWith('.') ? text.slice(0, -1) : text;
  const name = toAscii(rooted.toLowerCase());
  if (name === undefined) return `has a host name with a character that no host name has`;
  if (name.length > MOST_NAME) return `has a host name of more than ${MOST_NAME} characters`;
  const labels = name.split('.');
  for (const label of labels) {
    if (label === '') return 'has a host name with an empty label';
    if (label.length > MOST_LABEL)
      return `has a host name with a label of more than ${MOST_LABEL} characters`;
    if (label.startsWith('-') || label.endsWith('-'))
      return 'has a host name with a "-" at the edge of a label';
  }
  // Programs read 0x7f.1, 2130706433 and 127.1 as addresses, each in its own way.
  if (/^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? ''))
    return 'is an IP address in an unusual form, or a name that ends in a number';
  return { name };
}

function toAscii(text: string): string | undefined {
  if (/^[a-z0-9._-]*$/.test(text)) return text;
  // Characters of ASCII that would mean something else in a URL are refused before it is read.
  if (/[\0-,/:-@[-^`{-\x7f]/.test(text)) return undefined;
  const host = URL.parse(`http://${text}/`)?.hostname;
  return host !== undefined && /^[a-z0-9._-]+$/.test(host) ? host : undefined;
}
