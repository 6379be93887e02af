import type { NetworkGrant } from '../../core/contract/network/grant.ts';
import type { NetworkReport } from '../../core/contract/network/report.ts';
import type { JailIdentity } from '../../sandbox/doors.ts';
import type { Door } from '../plan-doors.ts';

/** Bounds of the network, by the settings. */
export interface NetworkBounds {
  /** Connections of one execution at once, and in all. */
  readonly atOnce: number;
  readonly connections: number;
  /** Bytes of one execution each way. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly idleMs: number;
  /** Connections of all executions at once. */
  readonly allAtOnce: number;
}

/** Options with which the doorkeeper is started. */
export interface KeeperOptions extends NetworkBounds {
  /** CPython of the host, which runs nsjail/opener.py. */
  readonly python: string;
  /** Servers that resolve names; empty for the machine's own. */
  readonly dns: readonly string[];
}

export interface OpenOrder {
  readonly type: 'open';
  readonly id: number;
  readonly jail: JailIdentity;
  readonly grant: NetworkGrant;
  readonly doors: readonly Door[];
  readonly addresses: readonly string[];
}

/** From the service to the doorkeeper. */
export type ToKeeper = OpenOrder | { readonly type: 'close'; readonly id: number };

/** From the doorkeeper to the service. */
export type FromKeeper =
  | { readonly type: 'opened'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly detail: string }
  | { readonly type: 'closed'; readonly id: number; readonly report: NetworkReport };
