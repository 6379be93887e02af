import { createServer, type Server, type Socket } from 'node:net';
import { writeEntry, type Destination } from '../../core/contract/network/entry.ts';
import type { NetworkGrant } from '../../core/contract/network/grant.ts';
import type { NetworkReport } from '../../core/contract/network/report.ts';
import type { Door } from '../plan-doors.ts';
import { connect, Turned } from './connect.ts';
import { createLedger } from './ledger.ts';
import type { NetworkBounds } from './messages.ts';
import { createProxy } from './proxy.ts';
import type { NameResolver } from './resolve.ts';
import { splice } from './splice.ts';
import type { Turnstile } from './turnstile.ts';

/** The open doors of one execution. */
export interface Session {
  /** Accepts connections from a listening socket of the jail; closes it when the session is closed, or was. */
  listen(door: Door, handle: object): Promise<void>;
  /** Closes everything at once, and tells what went through. */
  close(): NetworkReport;
}

export interface SessionParts {
  readonly grant: NetworkGrant;
  readonly bounds: NetworkBounds;
  readonly resolver: NameResolver;
  readonly turnstile: Turnstile;
}

/** Way out of a session for one door: what named doors and the proxy have in common. */
export interface Way {
  /**
   * Connects to a destination, and counts what happens.
   * @throws Turned
   */
  connect(destination: Destination): Promise<Socket>;
  /** Passes bytes between a connection of the script and one to the world. */
  splice(inside: Socket, outside: Socket, target: Destination): void;
  /** Counts one more request on the connection of a script; false when that is one too many. */
  again(): boolean;
  refuse(target: string, turned: Turned): void;
  /** Counts bytes, and ends a connection that is idle. */
  meter(outside: Socket, target: Destination): (way: 'sent' | 'received', bytes: number) => boolean;
}

/** Connections that wait to be accepted. */
const BACKLOG = 16;

export function createSession(doors: readonly Door[], parts: SessionParts): Session {
  const { grant, bounds, resolver, turnstile } = parts;
  const ledger = createLedger(
    doors.map(({ name }) => name),
    bounds.bytes,
  );
  const over = new AbortController();
  const servers = new Set<Server>();
  const sockets = new Set<Socket>();
  let live = 0;
  let made = 0;

  const own = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  };

  const openWay = (door: string): Way => {
    const meter: Way['meter'] = (outside, target) => {
      outside.setTimeout(bounds.idleMs, () => {
        ledger.refuse(writeEntry(target), 'idle');
        outside.destroy();
      });
      return (way, bytes) => {
        if (ledger.pass(door, way, bytes)) return true;
        ledger.refuse(writeEntry(target), 'too_many_bytes');
        outside.destroy();
        return false;
      };
    };
    return {
      connect: async (destination) => {
        const socket = await connect(destination, { grant, resolver, signal: over.signal });
        own(socket);
        if (over.signal.aborted) socket.destroy();
        ledger.connected(door);
        return socket;
      },
      meter,
      splice: (inside, outside, target) => {
        const count = meter(outside, target);
        splice(inside, outside, (bytes, from) => count(from === inside ? 'sent' : 'received', bytes));
      },
      again: () => {
        made += 1;
        return made <= bounds.connections;
      },
      refuse: (target, { reason, address }) => ledger.refuse(target, reason, address),
    };
  };

  /** Returns why a script may have no further connection; undefined when it has one more. */
  const admit = (): Turned | undefined => {
    made += 1;
    if (made > bounds.connections) {
      // From here on the kernel refuses.
      for (const server of servers) server.close();
      return new Turned('too_many');
    }
    if (live >= bounds.atOnce) return new Turned('too_many_at_once');
    return turnstile.enter(grant.owner) ? undefined : new Turned('service_full');
  };

  const accept = (door: Door, way: Way, serve: (socket: Socket) => void, socket: Socket): void => {
    own(socket);
    const turned = over.signal.aborted ? new Turned('unreachable') : admit();
    if (turned !== undefined) {
      way.refuse(door.name, turned);
      socket.resetAndDestroy();
      return;
    }
    live += 1;
    socket.once('close', () => {
      live -= 1;
      turnstile.leave(grant.owner);
    });
    serve(socket);
  };

  return {
    listen: (door, handle) => {
      const way = openWay(door.name);
      const { target } = door;
      const serve =
        target === 'proxy'
          ? createProxy(way, bounds.idleMs)
          : (socket: Socket): void => void passOn(way, target, socket);
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) =>
        accept(door, way, serve, socket),
      );
      servers.add(server);
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        // A server that is closed before it listens says this alone.
        server.once('close', resolve);
        server.listen(handle, BACKLOG, () => {
          server.off('error', reject);
          server.on('error', () => undefined);
          resolve();
        });
        // The execution may have ended while its doors were made.
        if (over.signal.aborted) server.close();
      });
    },
    close: () => {
      over.abort();
      resolver.cancel();
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
      return ledger.report();
    },
  };
}

/** Passes a connection of a named door on to its one host. */
async function passOn(way: Way, target: Destination, socket: Socket): Promise<void> {
  try {
    const outside = await way.connect(target);
    if (socket.destroyed) outside.destroy();
    else way.splice(socket, outside, target);
  } catch (error) {
    if (error instanceof Turned) way.refuse(writeEntry(target), error);
    // A reset, as of a host that refuses.
    socket.resetAndDestroy();
  }
}
