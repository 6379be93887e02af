import ipaddr from 'ipaddr.js';

/** Why an address is no public one. */
export const addressKinds = [
  'unspecified',
  'loopback',
  'private',
  'link_local',
  'shared',
  'multicast',
  'documentation',
  'reserved',
  'embedded',
] as const;
export type AddressKind = (typeof addressKinds)[number];

/**
 * Special ranges, by the registries of IANA (iana-ipv4-special-registry, iana-ipv6-special-registry). The first one
 * that holds an address counts. `embedded`: forms of IPv6 that stand for an IPv4 address, which a router or the kernel
 * may follow to it.
 */
const special: readonly (readonly [range: string, kind: AddressKind])[] = [
  ['0.0.0.0/8', 'unspecified'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link_local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', 'embedded'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'reserved'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],

  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  // Compatible, mapped, translated: RFC 4291, RFC 2765
  ['::/96', 'embedded'],
  ['::ffff:0:0/96', 'embedded'],
  ['::ffff:0:0:0/96', 'embedded'],
  // NAT64: RFC 6052, RFC 8215
  ['64:ff9b::/96', 'embedded'],
  ['64:ff9b:1::/48', 'embedded'],
  // Teredo, 6to4
  ['2001::/32', 'embedded'],
  ['2002::/16', 'embedded'],
  ['2001:db8::/32', 'documentation'],
  ['3fff::/20', 'documentation'],
  ['2001::/23', 'reserved'],
  ['fc00::/7', 'private'],
  // Link-local, and site-local of old
  ['fe80::/10', 'link_local'],
  ['fec0::/10', 'private'],
  ['ff00::/8', 'multicast'],
];

const ranges = special.map(([range, kind]) => {
  const [network, bits] = ipaddr.parseCIDR(range);
  return { network, bits, kind };
});

/** All that IANA gives out for unicast; what lies outside and in no special range is reserved. */
const [GLOBAL_UNICAST, GLOBAL_BITS] = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Returns what an address is. Anything but an address in its usual form is reserved.
 * @example
 * kindOfAddress('169.254.169.254'); // 'link_local'
 */
export function kindOfAddress(text: string): AddressKind | 'public' {
  const address = parseAddress(text);
  if (address === undefined) return 'reserved';
  const family = address.kind();
  const found = ranges.find(
    ({ network, bits }) =>
      network.kind() === family && (address as ipaddr.IPv4).match(network as ipaddr.IPv4, bits),
  );
  if (found !== undefined) return found.kind;
  if (address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST, GLOBAL_BITS)) return 'public';
  return 'reserved';
}

/** Returns an address in the form that entries have; undefined when it is none. */
export const toCanonical = (text: string): string | undefined => {
  const address = parseAddress(text);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address?.toString();
};

/** Without a zone, which names an interface of the host. */
export const isIpv6 = (text: string): boolean => !text.includes('%') && ipaddr.IPv6.isValid(text);

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return isIpv6(text) ? ipaddr.IPv6.parse(text) : undefined;
}
