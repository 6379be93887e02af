/** Something that reads foreign bytes. */
export interface Target {
  readonly name: string;
  /** Words of its format, which mutants are made of. */
  readonly words: readonly string[];
  /** Milliseconds of CPU time that an input may take, and that each KiB of it may add; generous. */
  readonly budget: { readonly fixed: number; readonly perKiB: number };
  /** Inputs that the machine has, beside those that are kept in the corpus. */
  seeds?(): Buffer[];
  /** Makes what is tested ready. */
  open(): Promise<OpenTarget> | OpenTarget;
}

export interface OpenTarget {
  /**
   * Reads an input.
   * @throws Error for whatever a caller of the reader would not expect: another exception than the one it is documented
   *   with, an answer that breaks a bound or a rule.
   */
  run(input: Buffer): Promise<void> | void;
  close?(): Promise<void> | void;
}

/** @throws Error with this text. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
