import type { Isolation } from '../core/contract/isolation.ts';
import type { ImageRecipe } from '../sandbox/image-recipe.ts';
import type { JailKindName } from '../sandbox/jail-kind.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { JailSupply, SupplyOptions } from './jail-supply.ts';

/** Describes jails of one kind: the kind itself and the settings particular to these jails. */
export interface JailRow extends Pick<SupplyOptions, 'retry'> {
  /** Name in the log and in the stored result of the last probe. */
  readonly name: string;
  readonly kind: JailKindName;
  /** Extra content of their image, beyond the common files. @throws Error when the host lacks it. */
  readonly recipe?: () => Promise<ImageRecipe | undefined>;
  /** Way in which its jails are made, where not the operator's. */
  readonly isolation?: Isolation;
  /** True when programs of this row need epoll; other rows of the same kind do without it. */
  readonly keepsEpoll?: boolean;
  /** Wraps the sandbox so that some jails are kept warm; undefined keeps none. */
  readonly warm?: ((sandbox: Sandbox) => Sandbox) | undefined;
}

/** Creates the supply of a row; the caller closes it. */
export type SupplyRow = (row: JailRow) => JailSupply;
