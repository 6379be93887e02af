import { connect as openSocket, isIP, type LookupFunction, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { AddressKind } from '../../core/contract/network/addresses.ts';
import type { Destination } from '../../core/contract/network/entry.ts';
import { allowsDestination, judgeAddress, type NetworkGrant } from '../../core/contract/network/grant.ts';
import type { NetworkRefusal } from '../../core/contract/network/report.ts';
import type { NameResolver } from './resolve.ts';

/** A connection that was not made, and why. */
export class Turned extends Error {
  override readonly name = 'Turned';
  readonly reason: NetworkRefusal;
  readonly address: AddressKind | 'own' | undefined;

  constructor(reason: NetworkRefusal, address?: AddressKind | 'own') {
    super(reason);
    this.reason = reason;
    this.address = address;
  }
}

/** Milliseconds until somebody must have answered. */
const CONNECT_MS = 10_000;

export interface ConnectParts {
  readonly grant: NetworkGrant;
  readonly resolver: NameResolver;
  /** Aborts when the execution is over. */
  readonly signal: AbortSignal;
}

/**
 * Connects to a destination. Its addresses are looked up once and judged, and only they are connected to: a name that
 * has another address a moment later leads nowhere else.
 * @throws Turned
 */
export async function connect(
  destination: Destination,
  { grant, resolver, signal }: ConnectParts,
): Promise<Socket> {
  if (!allowsDestination(grant, destination)) throw new Turned('not_allowed');
  const { kind, host } = destination;
  const addresses = kind === 'address' ? [host] : await resolver.resolve(host);
  if (signal.aborted || addresses.length === 0) throw new Turned('unresolved');
  const own = listOwnAddresses();
  const judged = addresses.map((address) => ({
    address,
    kind: judgeAddress(grant, destination, address, own.has(address)),
  }));
  const allowed = judged.filter((one) => one.kind === undefined).map(({ address }) => address);
  if (allowed.length === 0) throw new Turned('address_refused', judged[0]?.kind);
  return await reach(allowed, destination.port, signal);
}

function reach(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  // Stands for the look-up that Node would make: no name is looked up a second time.
  const lookup: LookupFunction = (_, __, give) => give(null, known);
  const socket = openSocket({
    ...{ host: 'judged', port, lookup, autoSelectFamily: true, noDelay: true, allowHalfOpen: true },
  });
  return new Promise((resolve, reject) => {
    const give = (end: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      socket.off('error', giveUp);
      end();
    };
    const giveUp = (): void =>
      give(() => {
        socket.on('error', () => undefined);
        socket.destroy();
        reject(new Turned('unreachable'));
      });
    const timer = setTimeout(giveUp, CONNECT_MS);
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once('error', giveUp);
    socket.once('connect', () => give(() => resolve(socket)));
    if (signal.aborted) giveUp();
  });
}

/** Addresses of this machine, by which a script would reach the service itself. */
const listOwnAddresses = (): Set<string> =>
  new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)));
