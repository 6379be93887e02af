/** Defaults of its limits, which are also the most that a request gets. */
export interface CodeExecutorDefaults {
  /** In seconds. */
  readonly timeout: number;
  readonly memoryMb: number;
  /** Maximum bytes of each stream. */
  readonly outputBytes: number;
}
