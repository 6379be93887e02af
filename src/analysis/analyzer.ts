import type { Analysis } from './analysis.ts';
import { createAnalysisThread } from './analysis-thread.ts';
import { createInline, type InlineOptions } from './inline.ts';

export interface AnalyzerOptions extends Partial<InlineOptions> {
  /** Milliseconds from the request until an analysis is given up; 2000 by default. */
  readonly deadline?: number;
}

/** Reads scripts without running them. A hostile script costs a thread of its own some time, never the caller's. */
export interface Analyzer {
  /**
   * Rejects with the signal's reason where that is aborted, and never otherwise: what cannot be analysed in time
   * is `unknownAnalysis`.
   */
  analyze(script: string, wanted: string, signal?: AbortSignal): Promise<Analysis>;
  /** Ends the thread and frees the parser; idempotent. What is asked afterwards is unknown. */
  close(): Promise<void>;
}

const DEFAULTS = { inlineLength: 32_768, inlineBudget: 5, deadline: 2000 };

export async function createAnalyzer(options: AnalyzerOptions = {}): Promise<Analyzer> {
  const { deadline, ...inlineOptions } = { ...DEFAULTS, ...options };
  const inline = await createInline(inlineOptions);
  const thread = createAnalysisThread();
  return {
    async analyze(script, wanted, signal) {
      signal?.throwIfAborted();
      const analysis =
        inline.analyze(script, wanted) ?? (await thread.analyze(script, wanted, deadline, signal));
      signal?.throwIfAborted();
      return analysis;
    },
    async close() {
      inline.close();
      await thread.close();
    },
  };
}
