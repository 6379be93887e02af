import type { NetworkGrant } from '../core/contract/network/grant.ts';
import type { NetworkReport } from '../core/contract/network/report.ts';
import type { JailFailure } from './sandbox.ts';

/** Content of /etc/hosts in every jail. */
export const OWN_HOSTS = '127.0.0.1 localhost jail\n::1 localhost\n';

/** A jail, so that nobody takes another for it. */
export interface JailIdentity {
  /** Pid of its first process on the host. */
  readonly pid: number;
  /** Inode of the pipe that its interpreter reads: the service has its other end. */
  readonly pipe: number;
}

/** The doors of one jail, open. */
export interface OpenDoors {
  /** Content of the jail's /etc/hosts. */
  readonly hosts: string;
  /** Environment variables for the script. */
  readonly env: Readonly<Record<string, string>>;
  /** Closes them and every connection at once; idempotent. */
  shut(): void;
  /** Resolves when they are lost before they were shut. */
  readonly lost: Promise<JailFailure>;
  /** Shuts them, and returns what went through. @throws JailFailure when that was lost. */
  report(): Promise<NetworkReport>;
}

/** Opens doors in jails, as far as a grant goes. */
export interface Doorkeeper {
  /** @throws JailFailure when a jail has ended, or the host does not let its network be entered. */
  open(jail: JailIdentity, grant: NetworkGrant): Promise<OpenDoors>;
}
