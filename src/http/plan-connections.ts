import type { ConnectionBounds } from './bound-connections.ts';
import { MOST_REFUSED } from './bound-connections.ts';
import { isLoopback } from '../loopback.ts';

/**
 * File descriptors of the service besides jails and connections: Node's own, threads, open files, calls of a model, and
 * cgroups that rest between two jails.
 */
const BASE = 240;
/** File descriptors per jail: its four pipes, seven files of its cgroup, and others of these while they are read. */
const PER_JAIL = 13;
/** Maximum number of connections, even if descriptors allow more, because each takes memory too. */
const MOST = 4096;
const FEWEST = 16;
/** Share of all connections that one address or key may have, when other machines can reach the service. */
const SHARE = 1 / 4;

export interface ConnectionWish {
  readonly host: string;
  /** Numbers that the operator chose; undefined to derive them. */
  readonly maxConnections: number | undefined;
  readonly maxConnectionsPerCaller: number | undefined;
  /** Maximum number of jails at once, warm ones included. */
  readonly jails: number;
  /** Maximum number of file descriptors of this process. */
  readonly descriptors: number;
}

export interface ConnectionPlan extends ConnectionBounds {
  /** Maximum number of requests of one key at once. */
  readonly perKey: number;
}

/**
 * Computes the number of connections that leaves enough file descriptors for everything else. On loopback one address
 * may have all of them, since all callers share it.
 *
 * @throws RangeError that names the setting or limit in the way.
 */
export function planConnections(wish: ConnectionWish): ConnectionPlan {
  const { host, maxConnections, maxConnectionsPerCaller, jails, descriptors } = wish;
  const reserve = BASE + MOST_REFUSED + PER_JAIL * jails;
  const room = descriptors - reserve;
  const total = maxConnections ?? Math.min(MOST, Math.max(FEWEST, room));
  if (total > room) {
    throw new RangeError(
      `${total} connections and ${jails} jails take ${total + reserve} file descriptors, and this process may have ${descriptors}: raise the limit (ulimit -n, LimitNOFILE=), or allow fewer connections, executions, sessions or waiting jails`,
    );
  }
  const share = Math.min(total, maxConnectionsPerCaller ?? Math.max(1, Math.floor(total * SHARE)));
  const isShared = maxConnectionsPerCaller === undefined && isLoopback(host);
  return { total, perAddress: isShared ? total : share, perKey: share };
}
