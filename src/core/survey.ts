import type { DenyLists } from './policy/deny-lists.ts';

/** Something of a list that a script imports, calls, or hands on as a value. */
export interface Use {
  readonly kind: 'import' | 'call' | 'reference';
  /** The full name, whatever the script calls it: `os.system`; built-in functions have no module. */
  readonly name: string;
  /** As the script writes it. */
  readonly written: string;
  /** From 1. */
  readonly line: number;
  /** From 0, in characters; of an import that of its statement. */
  readonly column: number;
  /** The first argument of a call, where it is a literal string. */
  readonly argument?: string | undefined;
}

/** What a script's text tells before it runs. Plain data. */
export interface Survey {
  /** Whether all of the text could be read; only CPython knows whether it is Python. */
  readonly isReadable: boolean;
  /** There is nothing at module level but functions (`def`) and docstrings, and at least one function. */
  readonly isFunctionsOnly: boolean;
  /** The name of the last function that is defined at module level itself. */
  readonly lastFunction: string | undefined;
  /** In the order of the source, at most `MOST_USES`. */
  readonly uses: readonly Use[];
}

/**
 * What is looked for: modules with all that is below them, functions by their full name, with `*` for any rest (`os.*`: every
 * call of a name of `os`). A name without a dot is a built-in function, or one that is imported and called by that very name.
 */
export type SurveyLists = DenyLists;

export const MOST_USES = 500;
