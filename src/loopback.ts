import { BlockList, isIPv4, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/**
 * Whether only this machine reaches an address. A name other than `localhost` never counts, since it may resolve to
 * anything.
 */
export function isLoopback(host: string): boolean {
  // Checks IPv4 directly, because every request asks: a block list takes microseconds.
  if (isIPv4(host)) return host.startsWith('127.');
  return isIPv6(host) ? loopback.check(host, 'ipv6') : host === 'localhost';
}
