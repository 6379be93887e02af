import { kindOfAddress } from '../core/contract/network/addresses.ts';
import { writeEntry, type Destination } from '../core/contract/network/entry.ts';
import type { NetworkGrant } from '../core/contract/network/grant.ts';
import { OWN_HOSTS } from '../sandbox/doors.ts';

/** A listener inside a jail, and where its connections go. */
export interface Door {
  /** Name in reports: the entry, or `proxy`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly target: Destination | 'proxy';
}

/** Everything that a jail needs for its doors. */
export interface DoorPlan {
  readonly doors: readonly Door[];
  /** Addresses that the loopback of the jail gets besides its own. */
  readonly addresses: readonly string[];
  /** Content of /etc/hosts. */
  readonly hosts: string;
  /** Environment variables of the script, which its own override. */
  readonly env: Readonly<Record<string, string>>;
}

export const PROXY_ADDRESS = '127.0.1.1';
export const PROXY_PORT = 3128;

/**
 * Plans the doors of a grant: a listener at a loopback address of its own for each host that is named, at the address
 * itself for each address, and a proxy where there are patterns.
 */
export function planDoors({ allow }: NetworkGrant): DoorPlan {
  const named = allow.filter((entry) => entry.kind === 'name' || entry.kind === 'address');
  const hasProxy = named.length < allow.length;
  const inUse = new Set([PROXY_ADDRESS, ...named.map(({ host }) => host)]);
  const addresses = new Map<string, string>();
  for (const { kind, host } of named) {
    if (addresses.has(host)) continue;
    const address = kind === 'name' ? nameAddress(host, inUse) : host;
    inUse.add(address);
    addresses.set(host, address);
  }
  const doors = named.map((target): Door => {
    const { host, port } = target;
    return { name: writeEntry(target), address: addresses.get(host) ?? host, port, target };
  });
  if (hasProxy) doors.push({ name: 'proxy', address: PROXY_ADDRESS, port: PROXY_PORT, target: 'proxy' });
  return {
    // Opens the first of two doors at one place: `localhost` and `127.0.0.1` lead to the same.
    doors: doors.filter(
      ({ address, port }, at) =>
        doors.findIndex((other) => other.address === address && other.port === port) === at,
    ),
    addresses: [
      ...new Set(
        named
          .filter(({ kind, host }) => kind === 'address' && kindOfAddress(host) !== 'loopback')
          .map(({ host }) => host),
      ),
    ],
    hosts: writeHosts(addresses),
    env: hasProxy ? proxyVariables : {},
  };
}

/** Returns a free loopback address for a host; `localhost` has its own. */
function nameAddress(host: string, inUse: ReadonlySet<string>): string {
  if (host === 'localhost') return '127.0.0.1';
  for (let at = 2; ; at += 1) {
    const address = `127.0.${1 + Math.floor(at / 256)}.${at % 256}`;
    if (!inUse.has(address)) return address;
  }
}

/** Names are ASCII without spaces: no line of a caller gets into the file. */
function writeHosts(addresses: ReadonlyMap<string, string>): string {
  const lines = [...addresses]
    .filter(([host, address]) => host !== address && host !== 'localhost')
    .map(([host, address]) => `${address} ${host}\n`);
  if (lines.length === 0) return OWN_HOSTS;
  return `# Hosts that this script may reach. There are no others, and no DNS.\n${lines.join('')}${OWN_HOSTS}`;
}

const proxyUrl = `http://${PROXY_ADDRESS}:${PROXY_PORT}`;
const direct = 'localhost,127.0.0.1,::1';

/** As most clients of HTTP read them; Node needs the last one too. */
const proxyVariables = {
  HTTP_PROXY: proxyUrl,
  HTTPS_PROXY: proxyUrl,
  NO_PROXY: direct,
  http_proxy: proxyUrl,
  https_proxy: proxyUrl,
  no_proxy: direct,
  NODE_USE_ENV_PROXY: '1',
};
