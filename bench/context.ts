import type { Amounts } from './amounts.ts';

/** What every part of the benchmark is handed. */
export interface Context {
  /** Settings of the services and of the bare jail, as the caller gave them. */
  readonly env: NodeJS.ProcessEnv;
  readonly amounts: Amounts;
  /** Aborts when the program is told to end. */
  readonly signal: AbortSignal;
  /** Says on the terminal what is being done. */
  readonly say: (what: string) => void;
}
