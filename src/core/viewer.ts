import type { Caller } from './caller.ts';

/** Who looks at environments, and what is theirs. */
export interface Viewer {
  /** The name of a key; undefined for the operator, and for everybody where there are no keys. */
  readonly owner: string | undefined;
  /** Sees, replaces and removes what is anybody's. */
  readonly seesAll: boolean;
  /** How much the owner may have, where the key says so. */
  readonly quota?: EnvironmentQuota | undefined;
}

/** How many environments a key may have, and how much of the disk they may take together. */
export interface EnvironmentQuota {
  readonly environments?: number | undefined;
  readonly megabytes?: number | undefined;
}

/** What an environment says of whose it is; without an owner it is the operator's, and everybody's to use. */
export interface Owned {
  readonly owner?: string | undefined;
  readonly shared?: boolean | undefined;
}

export const operator: Viewer = { owner: undefined, seesAll: true };

/** Whom a request comes from: the operator's right hand where there are no keys, or with the scope `admin`. */
export function viewerOf(caller: Caller | undefined): Viewer {
  const { key: owner, scopes, environments: quota } = caller ?? {};
  if (owner === undefined) return operator;
  return { owner, seesAll: scopes === undefined || scopes.includes('admin'), quota };
}

/** Whether a viewer may replace and remove an environment, and read what its build said. */
export const mayManage = ({ owner, seesAll }: Viewer, of: Owned): boolean =>
  seesAll || (owner !== undefined && of.owner === owner);

/** Whether a viewer may use an environment, and know that it is there. */
export const maySee = (viewer: Viewer, of: Owned): boolean =>
  mayManage(viewer, of) || of.owner === undefined || of.shared === true;
