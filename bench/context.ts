import type { Amounts } from './amounts.ts';

/** Parameters of every part of the benchmark. */
export interface Context {
  /** Settings of the services and of the bare jail, as the caller gave them. */
  readonly env: NodeJS.ProcessEnv;
  readonly amounts: Amounts;
  /** Aborts when the program is told to end. */
  readonly signal: AbortSignal;
  /** Says on the terminal what is being done. */
  readonly say: (what: string) => void;
}
