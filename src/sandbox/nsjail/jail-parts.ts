import type { Isolation } from '../../core/contract/isolation.ts';
import type { Limits } from '../../core/contract/limits.ts';
import type { Enforcement } from '../../core/contract/outcome.ts';
import type { Doorkeeper } from '../doors.ts';
import type { Leaf } from './cgroup/cgroup.ts';
import type { ReturnCaps } from './protocol/encode-job.ts';
import type { JailProcess } from './starter.ts';

/** Parts of one jail, and the limits in force. */
export interface JailParts {
  readonly process: JailProcess;
  readonly leaf: Leaf | undefined;
  readonly limits: Limits;
  readonly caps: ReturnCaps;
  readonly enforcement: Enforcement;
  readonly isolation: Isolation;
  /** Undefined where scripts have no network. */
  readonly doorkeeper: Doorkeeper | undefined;
  readonly hasCertificates: boolean;
  /** Called when nothing of the jail is left. */
  readonly release: () => Promise<void>;
}
