import type { Evidence } from '../core/evidence.ts';
import type { Limits } from '../core/limits.ts';
import type { Enforcement } from '../core/outcome.ts';

/** What is run: one script and all that it gets to see. */
export interface Job {
  readonly mode: 'function' | 'script';
  readonly script: string;
  readonly function: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly stdin: string;
  readonly env: Readonly<Record<string, string>>;
}

export type OutputListener = (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;

export interface RunOptions {
  /** Ends the execution; `run` then rejects with the signal's reason, after the jail is gone. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the script's output as it comes, cap or not. */
  readonly onOutput?: OutputListener | undefined;
}

/**
 * An interpreter that waits in a jail of its own for exactly one job. Disposing of it ends whatever still runs
 * in it and removes all that it had on the host; `run` does so by itself.
 *
 * @throws JailFailure from `run`, where the jail and not the script failed.
 */
export interface Jail extends AsyncDisposable {
  run(job: Job, options?: RunOptions): Promise<Evidence>;
}

/** Where jails come from: started for the occasion, or waiting already. One request for one jail, never shared. */
export interface Sandbox {
  /** How each layer is enforced here. */
  readonly enforcement: Enforcement;
  /**
   * A jail in which an interpreter is ready and `limits` hold.
   * @throws JailFailure where none can be made.
   */
  lease(limits: Limits, signal?: AbortSignal): Promise<Jail>;
  /** Ends every jail, waits until they are gone, and removes what the sandbox had on the host. */
  close(): Promise<void>;
}

/** The machine failed, not the script: no jail could be made, or one vanished. The message is for the operator. */
export class JailFailure extends Error {
  override readonly name = 'JailFailure';
}
