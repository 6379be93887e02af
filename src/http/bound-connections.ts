import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { toNetwork } from '../keys/to-network.ts';
import { answerCrowded, writeRaw } from './answer-malformed.ts';

export interface ConnectionBounds {
  /** Maximum number of connections at once. */
  readonly total: number;
  /** Maximum number of connections of one address; for IPv6, of one network. */
  readonly perAddress: number;
}

/** Maximum number of refused connections that get an answer at once; further ones are closed without one. */
export const MOST_REFUSED = 64;
/** Milliseconds to read that answer; closing at once would lose it if the client still sends. */
const LINGER = 500;

/** Connections of one address. In both sets the oldest comes first and is closed first. */
interface Party {
  size: number;
  /** Answered, without a new request since. */
  readonly idle: Set<Socket>;
  /** Without any request yet. */
  readonly silent: Set<Socket>;
}

/**
 * Bounds the connections of a server. Beyond the bound it closes the longest idle one of the address with the most
 * idle ones, answered ones before silent ones. When all are busy, it refuses the new one with 503. Returns a function
 * that tells whether a connection was refused, so that its requests are not answered.
 */
export function boundConnections(
  server: Server,
  { total, perAddress }: ConnectionBounds,
): (socket: Socket) => boolean {
  const parties = new Map<string, Party>();
  const held = new Map<Socket, { readonly name: string; readonly party: Party; owed: number }>();
  const refused = new WeakSet<Socket>();
  let lingering = 0;
  // Refused connections have file descriptors of their own; the server itself closes any beyond these.
  server.maxConnections = total + MOST_REFUSED;

  const refuse = (socket: Socket): void => {
    refused.add(socket);
    socket.on('error', () => undefined);
    if (lingering >= MOST_REFUSED) {
      socket.destroy();
      return;
    }
    lingering += 1;
    const timer = setTimeout(() => socket.destroy(), LINGER).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      lingering -= 1;
    });
    socket.end(writeRaw(answerCrowded()));
  };

  const forget = (socket: Socket): void => {
    const one = held.get(socket);
    if (one === undefined) return;
    const { name, party } = one;
    held.delete(socket);
    party.idle.delete(socket);
    party.silent.delete(socket);
    party.size -= 1;
    if (party.size === 0) parties.delete(name);
  };

  const makeWay = ({ idle, silent }: Party): boolean => {
    const [socket] = idle.size > 0 ? idle : silent;
    if (socket === undefined) return false;
    forget(socket);
    socket.destroy();
    return true;
  };

  const hasRoom = (party: Party): boolean => {
    if (party.size >= perAddress) return makeWay(party);
    return held.size < total || makeWay(findLargest(parties));
  };

  server.prependListener('connection', (socket: Socket) => {
    const name = toNetwork(socket.remoteAddress ?? '');
    const party = parties.get(name) ?? { size: 0, idle: new Set(), silent: new Set() };
    if (!hasRoom(party)) {
      refuse(socket);
      return;
    }
    parties.set(name, party);
    party.size += 1;
    party.silent.add(socket);
    held.set(socket, { name, party, owed: 0 });
    socket.once('close', () => forget(socket));
  });

  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const one = held.get(socket);
    if (one === undefined) return;
    one.owed += 1;
    one.party.idle.delete(socket);
    one.party.silent.delete(socket);
    response.once('close', () => {
      one.owed -= 1;
      if (one.owed === 0 && held.has(socket)) one.party.idle.add(socket);
    });
  });
  return (socket) => refused.has(socket);
}

/** Returns the address with the most idle connections. */
function findLargest(parties: ReadonlyMap<string, Party>): Party {
  let largest: Party = { size: 0, idle: new Set(), silent: new Set() };
  for (const party of parties.values())
    if (party.idle.size + party.silent.size > largest.idle.size + largest.silent.size) largest = party;
  return largest;
}
