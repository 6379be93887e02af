import { readFileSync } from 'node:fs';
import type { ConnectionBounds } from './bound-connections.ts';
import { MOST_REFUSED } from './bound-connections.ts';
import { isLoopback } from '../loopback.ts';

/** Descriptors of the service beside jails and connections: Node's own, threads, files that are read, calls of a model. */
const BASE = 128;
/** Of one jail: its four pipes, and the files of its cgroup while they are read. */
const PER_JAIL = 6;
/** Where descriptors would allow more; each connection takes memory, too. */
const MOST = 4096;
const FEWEST = 16;
/** What one address or one key may have of all, where others than this machine reach the service. */
const SHARE = 1 / 4;

export interface ConnectionWish {
  readonly host: string;
  /** The operator's own, where they say one. */
  readonly maxConnections: number | undefined;
  readonly maxConnectionsPerCaller: number | undefined;
  /** Jails that there may be at once, waiting ones included. */
  readonly jails: number;
  /** Descriptors that this process may have. */
  readonly descriptors: number;
}

export interface ConnectionPlan extends ConnectionBounds {
  /** Most requests of one key under way at once. */
  readonly perKey: number;
}

/**
 * How many connections there may be, so that no descriptor is missing elsewhere. On loopback one address may have them all,
 * since all callers have the same.
 *
 * @throws RangeError that says which setting or limit is in the way.
 */
export function planConnections(wish: ConnectionWish): ConnectionPlan {
  const { host, maxConnections, maxConnectionsPerCaller, jails, descriptors } = wish;
  const reserve = BASE + MOST_REFUSED + PER_JAIL * jails;
  const room = descriptors - reserve;
  const total = maxConnections ?? Math.min(MOST, Math.max(FEWEST, room));
  if (total > room) {
    throw new RangeError(
      `${total} connections and ${jails} jails take ${total + reserve} file descriptors, and this process may have ${descriptors}: raise the limit (ulimit -n, LimitNOFILE=), or allow fewer connections, executions or waiting jails`,
    );
  }
  const share = Math.min(total, maxConnectionsPerCaller ?? Math.max(1, Math.floor(total * SHARE)));
  const isShared = maxConnectionsPerCaller === undefined && isLoopback(host);
  return { total, perAddress: isShared ? total : share, perKey: share };
}

/** How many descriptors this process may have: Node raises its soft limit to the hard one when it starts. */
export function readDescriptorLimit(): number {
  const [, soft = ''] =
    /^Max open files +(\d+|unlimited) /m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return soft === 'unlimited' ? Infinity : Number(soft);
}
