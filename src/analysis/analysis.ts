/** A function that a script binds at module level, as far as its text shows. */
export interface FunctionInfo {
  /** NFKC-normalised, as in CPython. */
  readonly name: string;
  readonly kind: 'def' | 'async def' | 'lambda';
  /** Line, from 1, of `def` or `async`, or of the name that a lambda is assigned to. */
  readonly line: number;
  /** Column, from 1, in UTF-16 units. */
  readonly column: number;
  /** Name and parameters on one line: `main(a, b=1, *, c)`. */
  readonly signature: string;
  /** True inside an `if`, `try`, `with`, loop or `match`, which may never be reached. */
  readonly conditional: boolean;
  readonly decorated: boolean;
}

/** Functions and entry point of a script, as far as its text shows. Plain data. */
export interface Analysis {
  /** In source order, with repeated names; at most `MAX_FUNCTIONS`. */
  readonly functions: readonly FunctionInfo[];
  /**
   * Whether the wanted name is bound at module level after the script has run. `no` is certain, as long as the
   * modules that it imports are CPython's own (files of a request may shadow them). `yes` is what the text says;
   * `maybe` leaves the decision to the interpreter.
   */
  readonly defines: 'yes' | 'no' | 'maybe';
  /** False when the analysis was given up, or the list of functions was cut. */
  readonly complete: boolean;
}

/** Maximum number of functions listed: nobody reads more, and passing them between threads takes time. */
export const MAX_FUNCTIONS = 2000;

/** Result of an analysis that was given up: the interpreter decides. */
export const unknownAnalysis: Analysis = { functions: [], defines: 'maybe', complete: false };
