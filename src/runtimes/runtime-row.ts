import type { Readiness } from '../core/contract/runtimes.ts';
import type { JailSupply } from '../supply/jail-supply.ts';
import type { OpenRuntime } from './registry.ts';
import { ToolchainMissing, type Runtime, type Toolchain } from './runtime.ts';
import { supplyRuntime, type RuntimeSupplyOptions } from './supply-runtime.ts';

/** A runtime of this host, from the search for it to its open jails. */
export interface RuntimeRow {
  readonly runtime: Runtime;
  /** @throws ToolchainMissing when this host lacks the runtime or could not bound it. */
  readonly find: () => Promise<Toolchain>;
  readonly open: () => Promise<OpenRuntime>;
  readonly readiness: () => Readiness;
}

export function createRow(runtime: Runtime, options: RuntimeSupplyOptions): RuntimeRow {
  let isMissing = false;
  const find = async (): Promise<Toolchain> => {
    try {
      const found = await options.find();
      isMissing = false;
      return found;
    } catch (error) {
      isMissing = error instanceof ToolchainMissing;
      throw error;
    }
  };
  const { open, supplies } = supplyRuntime(runtime, { ...options, find });
  return { runtime, find, open, readiness: () => (isMissing ? 'missing' : readinessOf(supplies)) };
}

/** Returns the readiness of a runtime whose scripts need jails of all these supplies. */
export function readinessOf(supplies: readonly Pick<JailSupply, 'phase'>[]): Readiness {
  const phases = new Set(supplies.map((supply) => supply.phase()));
  if (phases.has('opening')) return 'preparing';
  if (phases.has('failed')) return 'failed';
  return phases.has('unopened') ? 'waiting' : 'ready';
}
