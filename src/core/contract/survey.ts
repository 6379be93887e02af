import type { DenyLists } from './policy/deny-lists.ts';

/** A listed name that a script imports, calls, or passes on as a value. */
export interface Use {
  readonly kind: 'import' | 'call' | 'reference';
  /** Full name, whatever the script calls it: `os.system`; built-in functions have no module. */
  readonly name: string;
  /** Spelling in the script. */
  readonly written: string;
  /** From 1. */
  readonly line: number;
  /** From 0, in characters; for an import, that of its statement. */
  readonly column: number;
  /** First argument of a call, when it is a literal string. */
  readonly argument?: string | undefined;
}

/** Facts from a script's text, before it runs. Plain data. */
export interface Survey {
  /** True when the grammar read all of the text; only CPython knows whether it is valid Python. */
  readonly isReadable: boolean;
  /** True when the module level consists of functions (`def`) and docstrings, with at least one function. */
  readonly isFunctionsOnly: boolean;
  /** Name of the last function defined directly at module level. */
  readonly lastFunction: string | undefined;
  /** In source order, at most `MOST_USES`. */
  readonly uses: readonly Use[];
}

/**
 * Names to look for: modules with all their submodules, functions by full name, with `*` for any rest (`os.*`: every
 * call of a name of `os`). A name without a dot is a built-in function, or one that is imported and called by that
 * very name.
 */
export type SurveyLists = DenyLists;

export const MOST_USES = 500;
