/** A function that a script binds at module level, as far as its text tells. */
export interface FunctionInfo {
  /** As CPython spells it: NFKC-normalised. */
  readonly name: string;
  readonly kind: 'def' | 'async def' | 'lambda';
  /** 1-based; of `def` or `async`, or of the name that a lambda is assigned to. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  /** The name and its parameters on one line: `main(a, b=1, *, c)`. */
  readonly signature: string;
  /** Inside an `if`, `try`, `with`, loop or `match`: it may never be reached. */
  readonly conditional: boolean;
  readonly decorated: boolean;
}

/** What the text of a script tells about its functions and its entry point. Plain data. */
export interface Analysis {
  /** In source order; the same name may come twice. At most `MAX_FUNCTIONS`. */
  readonly functions: readonly FunctionInfo[];
  /**
   * Whether the wanted name is bound at module level after the script has run. `no` is a promise, as long as the
   * modules that it imports are CPython's own: files that come with a request may shadow them. `yes` is what the
   * text says; `maybe` leaves it to the interpreter.
   */
  readonly defines: 'yes' | 'no' | 'maybe';
  /** False where the analysis was given up, or the list of functions was cut. */
  readonly complete: boolean;
}

/** More are not listed: nobody reads them, and handing them between threads takes time. */
export const MAX_FUNCTIONS = 2000;

/** The answer where the analysis was given up: the interpreter decides. */
export const unknownAnalysis: Analysis = { functions: [], defines: 'maybe', complete: false };
