import type { ImageRecipe } from '../sandbox/nsjail/image/recipe.ts';
import type { JailKindName } from '../sandbox/nsjail/kinds.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { JailSupply, SupplyOptions } from './jail-supply.ts';

/** Jails that are supplied: their kind, and what is theirs alone. */
export interface JailRow extends Pick<SupplyOptions, 'retry'> {
  /** For the log, and for what is remembered of their last probe. */
  readonly name: string;
  readonly kind: JailKindName;
  /** What their image holds beside what every image holds. @throws Error where the host lacks it. */
  readonly recipe?: () => Promise<ImageRecipe | undefined>;
  /** Of a kind of which some programs need epoll: these do. */
  readonly keepsEpoll?: boolean;
  /** Has some wait; left out where none are to. */
  readonly warm?: ((sandbox: Sandbox) => Sandbox) | undefined;
}

/** Makes a supply for a row; the caller closes it. */
export type SupplyRow = (row: JailRow) => JailSupply;
