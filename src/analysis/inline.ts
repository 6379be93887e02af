import type { Parser } from 'web-tree-sitter';
import type { Analysis } from './analysis.ts';
import { analyzeScript } from './analyze-script.ts';
import { OutOfTime, startClock } from './clock.ts';
import { createParser } from './grammar.ts';
import { isSlowToParse } from './source-text.ts';

export interface InlineOptions {
  /** UTF-16 units; longer scripts are not looked at on this thread. */
  readonly inlineLength: number;
  /** Milliseconds that one analysis may hold this thread. */
  readonly inlineBudget: number;
}

/** Analyses on the caller's thread what can be done at once. */
export interface Inline {
  /** Undefined where it would take too long, or failed. */
  analyze(script: string, wanted: string): Analysis | undefined;
  close(): void;
}

/** Loads the grammar, which takes about 20 ms, and makes the code that uses it warm. */
export async function createInline({ inlineLength, inlineBudget }: InlineOptions): Promise<Inline> {
  let parser: Parser | undefined = await createParser();

  const analyze = (script: string, wanted: string): Analysis | undefined => {
    if (parser === undefined || script.length > inlineLength || isSlowToParse(script)) return undefined;
    try {
      return analyzeScript(parser, script, wanted, startClock(inlineBudget));
    } catch (error) {
      // Anything but the clock is a trap in the grammar's code: its memory is not to be trusted any more.
      if (!(error instanceof OutOfTime)) parser = undefined;
      return undefined;
    }
  };

  return {
    analyze,
    close() {
      parser?.delete();
      parser = undefined;
    },
  };
}
