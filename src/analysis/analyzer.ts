import type { DenyLists } from '../core/policy/deny-lists.ts';
import type { PolicyFindings } from '../core/policy/policy.ts';
import type { Survey, SurveyLists } from '../core/survey.ts';
import { unknownAnalysis, type Analysis } from './analysis.ts';
import { createAnalysisThread } from './analysis-thread.ts';
import { createInline, type InlineOptions } from './inline.ts';
import { notAnalysed } from './policy/analyse-policy.ts';
import type { AnswerTo, Question } from './worker-messages.ts';

export interface AnalyzerOptions extends Partial<InlineOptions> {
  /** Milliseconds from the request until an analysis is given up; 2000 by default. */
  readonly deadline?: number;
  /** The same for an analysis of the policy, which nothing passes unread; 10 000 by default. */
  readonly policyDeadline?: number;
}

/** Reads scripts without running them. A hostile script costs a thread of its own some time, never the caller's. */
export interface Analyzer {
  /**
   * Rejects with the signal's reason where that is aborted, and never otherwise: what cannot be analysed in time
   * is `unknownAnalysis`.
   */
  analyze(script: string, wanted: string, signal?: AbortSignal): Promise<Analysis>;
  /**
   * What the built-in rules, and the lists beside them, find in a script. Rejects with the signal's reason where that
   * is aborted, and never otherwise: a script that cannot be analysed in time has a finding that says so.
   */
  analysePolicy(script: string, lists: DenyLists, signal?: AbortSignal): Promise<PolicyFindings>;
  /**
   * What a script consists of, and what of the lists it uses. Rejects with the signal's reason where that is aborted;
   * undefined for one that cannot be surveyed in time.
   */
  survey(script: string, lists: SurveyLists, signal?: AbortSignal): Promise<Survey | undefined>;
  /** Ends the thread and frees the parser; idempotent. What is asked afterwards is unknown, or not analysed. */
  close(): Promise<void>;
}

const DEFAULTS = { inlineLength: 32_768, inlineBudget: 5, deadline: 2000, policyDeadline: 10_000 };

export async function createAnalyzer(options: AnalyzerOptions = {}): Promise<Analyzer> {
  const { deadline, policyDeadline, ...inlineOptions } = { ...DEFAULTS, ...options };
  const inline = await createInline(inlineOptions);
  const thread = createAnalysisThread();
  const answer = async <Q extends Question>(
    question: Q,
    within: number,
    signal: AbortSignal | undefined,
  ): Promise<AnswerTo<Q> | undefined> => {
    signal?.throwIfAborted();
    const answered = inline.answer(question) ?? (await thread.ask(question, within, signal));
    signal?.throwIfAborted();
    return answered;
  };
  return {
    analyze: async (script, wanted, signal) =>
      (await answer({ kind: 'functions', script, wanted }, deadline, signal)) ?? unknownAnalysis,
    analysePolicy: async (script, { modules, functions }, signal) =>
      (await answer({ kind: 'policy', script, modules, functions }, policyDeadline, signal)) ?? notAnalysed,
    survey: (script, { modules, functions }, signal) =>
      answer({ kind: 'survey', script, modules, functions }, policyDeadline, signal),
    async close() {
      inline.close();
      await thread.close();
    },
  };
}
