import type { DenyLists } from '../core/contract/policy/deny-lists.ts';
import type { PolicyFindings } from '../core/contract/policy/policy.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { Survey, SurveyLists } from '../core/contract/survey.ts';
import { createWorkerHost } from '../pool/worker-host.ts';
import { WorkerFailure } from '../pool/worker-thread.ts';
import { unknownAnalysis, type Analysis } from './analysis.ts';
import { createInline, type InlineOptions } from './inline.ts';
import { notAnalysed } from './policy/analyse-policy.ts';
import type { AnswerTo, Question } from './worker-messages.ts';

export interface AnalyzerOptions extends Partial<InlineOptions> {
  /** CPU time of an analysis of functions, in milliseconds; 2000 by default. */
  readonly functionsBudgetMs?: number;
  /** Longest wait of an analysis of functions for the thread, in seconds; 2 by default, because it may be skipped. */
  readonly functionsMaxWait?: number;
  /** CPU time of a policy or a survey, in milliseconds; 5000 by default. */
  readonly policyBudgetMs?: number;
  /** Longest wait of a policy or a survey for the thread, in seconds; 30 by default. */
  readonly maxWait?: number;
}

/** Caller of a question, and the time that it has left. */
export interface Asking {
  /** Key of the caller's queue; callers take turns on the thread. */
  readonly queueKey: string;
  readonly signal?: AbortSignal | undefined;
  /** CPU time shared by all questions of one request; undefined gives each question its own. */
  readonly purse?: Purse | undefined;
}

/** CPU time left, in milliseconds. */
export interface Purse {
  leftMs: number;
}

/**
 * Reads scripts without running them. A hostile script holds up a worker thread for a bounded time, never the
 * caller's thread, and takes no time from others: an answer depends on the script alone.
 */
export interface Analyzer {
  /** Returns `unknownAnalysis` when the time is not enough. @throws the reason of the aborted signal. */
  analyze(script: string, wanted: string, asking: Asking): Promise<Analysis>;
  /**
   * Returns the findings of the built-in rules and of `lists` in a script. When the time is not enough, a finding
   * says so.
   * @throws Refusal `overloaded` when others keep the thread for too long; otherwise the reason of the aborted
   * signal.
   */
  analysePolicy(script: string, lists: DenyLists, asking: Asking): Promise<PolicyFindings>;
  /**
   * Lists the parts of a script and those of `lists` that it uses; undefined when the time is not enough.
   * @throws Refusal `overloaded` when others keep the thread for too long; otherwise the reason of the aborted
   * signal.
   */
  survey(script: string, lists: SurveyLists, asking: Asking): Promise<Survey | undefined>;
  /** Returns the CPU time for all policy questions of one request. */
  openPurse(): Purse;
  /** Ends the thread and frees the parser; idempotent. Later questions are answered as unknown, or not analysed. */
  close(): Promise<void>;
}

const DEFAULTS = {
  inlineLength: 32_768,
  inlineBudget: 5,
  functionsBudgetMs: 2000,
  functionsMaxWait: 2,
  policyBudgetMs: 5000,
  maxWait: 30,
};

/** MiB. Enough for the tree of 1 MiB of script; the parser's own memory is WebAssembly's and does not count. */
const HEAP_LIMIT = 256;
const IDLE_MS = 10_000;
/** Maximum number of queued questions; each holds a script of up to 1 MiB. */
const MOST_WAITING = 64;

export async function createAnalyzer(options: AnalyzerOptions = {}): Promise<Analyzer> {
  const { functionsBudgetMs, functionsMaxWait, policyBudgetMs, maxWait, ...inlineOptions } = {
    ...DEFAULTS,
    ...options,
  };
  const inline = await createInline(inlineOptions);
  const thread = createWorkerHost<Question, AnswerTo<Question>>({
    module: new URL('worker', import.meta.url),
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT, stackSizeMb: 4 },
    idleMs: IDLE_MS,
    waitingRoom: MOST_WAITING,
    maxWait,
    busy: 'Too many scripts wait to be analysed.',
  });

  /** Returns undefined when a script exceeds its budget or breaks the thread: both are the script's own doing. */
  const answer = async <Q extends Question>(
    question: Q,
    usualMs: number,
    { queueKey, signal, purse }: Asking,
    longestWait?: number,
  ): Promise<AnswerTo<Q> | undefined> => {
    signal?.throwIfAborted();
    const atOnce = inline.answer(question);
    if (atOnce !== undefined) return atOnce;
    const budgetMs = purse?.leftMs ?? usualMs;
    if (budgetMs <= 0) return undefined;
    try {
      const given = await thread.ask({ queueKey, question, budgetMs, signal, maxWait: longestWait });
      if (purse !== undefined) purse.leftMs -= given.spentMs;
      return given.answer;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof WorkerFailure)) throw error;
      if (error.kind === 'starved') throw overloaded();
      if (purse !== undefined) purse.leftMs = 0;
      return undefined;
    }
  };

  return {
    analyze: async (script, wanted, asking) => {
      try {
        const question = { kind: 'functions', script, wanted } as const;
        return (await answer(question, functionsBudgetMs, asking, functionsMaxWait)) ?? unknownAnalysis;
      } catch (error) {
        // The interpreter decides anyway, so a long wait is not worth it.
        if (error instanceof Refusal) return unknownAnalysis;
        throw error;
      }
    },
    analysePolicy: async (script, { modules, functions }, asking) =>
      (await answer({ kind: 'policy', script, modules, functions }, policyBudgetMs, asking)) ?? notAnalysed,
    survey: (script, { modules, functions }, asking) =>
      answer({ kind: 'survey', script, modules, functions }, policyBudgetMs, asking),
    openPurse: () => ({ leftMs: policyBudgetMs }),
    async close() {
      inline.close();
      await thread.close();
    },
  };
}

const overloaded = (): Refusal =>
  new Refusal('overloaded', 'This machine has no time to analyse the script now.', {
    retryAfter: 10,
    suggestions: ['Send the request again after the seconds in Retry-After.'],
  });
