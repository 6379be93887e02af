import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { toNetwork } from '../keys/failures.ts';
import { answerCrowded, writeRaw } from './answer-malformed.ts';

export interface ConnectionBounds {
  /** Most connections at once. */
  readonly total: number;
  /** Most of one address; of IPv6, of one network. */
  readonly perAddress: number;
}

/** Connections that are told why they are refused, at once; more are closed without a word. */
export const MOST_REFUSED = 64;
/** Milliseconds that such a one has to read it: closed at once, it would be lost if the client still sends. */
const LINGER = 500;

/** The connections of one address. Of those that owe no answer, the ones in front make way first. */
interface Party {
  size: number;
  /** Answered, and asked for nothing since. */
  readonly idle: Set<Socket>;
  /** Asked for nothing yet. */
  readonly silent: Set<Socket>;
}

/**
 * Holds connections below a bound. Beyond it the one makes way that has waited longest for nothing, of the address that has
 * most of these: one that was answered before one that never asked. Where all are busy, the new one is refused with 503.
 * Returns whether a connection was refused: what still comes of it is not to be answered.
 */
export function boundConnections(
  server: Server,
  { total, perAddress }: ConnectionBounds,
): (socket: Socket) => boolean {
  const parties = new Map<string, Party>();
  const held = new Map<Socket, { readonly name: string; readonly party: Party; owed: number }>();
  const refused = new WeakSet<Socket>();
  let lingering = 0;
  // Those that are being refused have descriptors of their own; the server itself closes what comes beyond.
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

/** The one with most connections that can make way. */
function findLargest(parties: ReadonlyMap<string, Party>): Party {
  let largest: Party = { size: 0, idle: new Set(), silent: new Set() };
  for (const party of parties.values())
    if (party.idle.size + party.silent.size > largest.idle.size + largest.silent.size) largest = party;
  return largest;
}
