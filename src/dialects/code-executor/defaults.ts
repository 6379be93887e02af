/** What holds where a request says nothing, and the most that it gets. */
export interface CodeExecutorDefaults {
  /** Seconds. */
  readonly timeout: number;
  readonly memoryMb: number;
  /** Of each stream. */
  readonly outputBytes: number;
}
