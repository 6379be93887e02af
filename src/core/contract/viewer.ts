import type { Caller } from './caller.ts';

/** A viewer of environments, with its rights. */
export interface Viewer {
  /** Name of the key; undefined for the operator, and for everybody when there are no keys. */
  readonly owner: string | undefined;
  /** True when it sees, replaces and removes environments of any owner. */
  readonly seesAll: boolean;
  /** Quota of the owner, if the key has one. */
  readonly quota?: EnvironmentQuota | undefined;
}

/** Maximum number of environments of a key, and their maximum share of the disk. */
export interface EnvironmentQuota {
  readonly environments?: number | undefined;
  readonly megabytes?: number | undefined;
}

/** Ownership of an environment; one without an owner is the operator's, and usable by everybody. */
export interface Owned {
  readonly owner?: string | undefined;
  readonly shared?: boolean | undefined;
}

export const operator: Viewer = { owner: undefined, seesAll: true };

/** Returns the viewer of a request; without keys, or with the scope `admin`, it has the operator's rights. */
export function viewerOf(caller: Caller | undefined): Viewer {
  const { key: owner, scopes, environments: quota } = caller ?? {};
  if (owner === undefined) return operator;
  return { owner, seesAll: scopes === undefined || scopes.includes('admin'), quota };
}

/** Whether a viewer may replace and remove an environment, and read its build's output. */
export const mayManage = ({ owner, seesAll }: Viewer, of: Owned): boolean =>
  seesAll || (owner !== undefined && of.owner === owner);

/** Whether a viewer may use an environment, and know that it exists. */
export const maySee = (viewer: Viewer, of: Owned): boolean =>
  mayManage(viewer, of) || of.owner === undefined || of.shared === true;
