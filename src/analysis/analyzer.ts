import type { DenyLists } from '../core/policy/deny-lists.ts';
import type { PolicyFindings } from '../core/policy/policy.ts';
import { Refusal } from '../core/refusal.ts';
import type { Survey, SurveyLists } from '../core/survey.ts';
import { createWorkerHost } from '../pool/worker-host.ts';
import { WorkerFailure } from '../pool/worker-thread.ts';
import { unknownAnalysis, type Analysis } from './analysis.ts';
import { createInline, type InlineOptions } from './inline.ts';
import { notAnalysed } from './policy/analyse-policy.ts';
import type { AnswerTo, Question } from './worker-messages.ts';

export interface AnalyzerOptions extends Partial<InlineOptions> {
  /** Milliseconds of CPU time until an analysis is given up, and most of the wait for the thread; 2000 by default. */
  readonly deadline?: number;
  /** The same for what the policy and surveys look at, of which nothing passes unread; 5000 by default. */
  readonly policyDeadline?: number;
  /** Longest wait of these for the thread, in seconds; 30 by default. */
  readonly maxWait?: number;
}

/** Who asks, and what is left of their patience. */
export interface Asking {
  /** Callers take turns where the thread is asked. */
  readonly caller?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** CPU time for all that one request has looked at together; each question has its own where it is left out. */
  readonly purse?: Purse | undefined;
}

/** Milliseconds of CPU time that may still be spent. */
export interface Purse {
  leftMs: number;
}

/**
 * Reads scripts without running them. A hostile script costs a thread of its own some time, never the caller's thread;
 * what it costs is taken from no neighbour's: an answer depends on the script alone.
 */
export interface Analyzer {
  /** What cannot be analysed in time is `unknownAnalysis`. @throws the signal's reason where that is aborted. */
  analyze(script: string, wanted: string, asking?: Asking): Promise<Analysis>;
  /**
   * What the built-in rules, and the lists beside them, find in a script; one that cannot be analysed in time has a
   * finding that says so.
   * @throws Refusal `overloaded` where others keep the thread for too long; the signal's reason.
   */
  analysePolicy(script: string, lists: DenyLists, asking?: Asking): Promise<PolicyFindings>;
  /**
   * What a script consists of, and what of the lists it uses; undefined for one that cannot be surveyed in time.
   * @throws Refusal `overloaded` where others keep the thread for too long; the signal's reason.
   */
  survey(script: string, lists: SurveyLists, asking?: Asking): Promise<Survey | undefined>;
  /** CPU time for all that the policy looks at in one request. */
  openPurse(): Purse;
  /** Ends the thread and frees the parser; idempotent. What is asked afterwards is unknown, or not analysed. */
  close(): Promise<void>;
}

const DEFAULTS = {
  inlineLength: 32_768,
  inlineBudget: 5,
  deadline: 2000,
  policyDeadline: 5000,
  maxWait: 30,
};

/** MiB. The parser's own memory is WebAssembly's and does not count here; a tree of 1 MiB of script stays in it. */
const HEAP_LIMIT = 256;
const IDLE_MS = 10_000;
/** Each is a script of up to 1 MiB. */
const MOST_WAITING = 64;

export async function createAnalyzer(options: AnalyzerOptions = {}): Promise<Analyzer> {
  const { deadline, policyDeadline, maxWait, ...inlineOptions } = { ...DEFAULTS, ...options };
  const inline = await createInline(inlineOptions);
  const thread = createWorkerHost<Question, AnswerTo<Question>>({
    module: new URL('worker', import.meta.url),
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT, stackSizeMb: 4 },
    idleMs: IDLE_MS,
    waitingRoom: MOST_WAITING,
    maxWait,
    busy: 'Too many scripts wait to be analysed.',
  });

  /** Undefined for what takes more than its budget, or breaks the thread: both are the script's own doing. */
  const answer = async <Q extends Question>(
    question: Q,
    usualMs: number,
    { caller = '', signal, purse }: Asking,
    longestWait?: number,
  ): Promise<AnswerTo<Q> | undefined> => {
    signal?.throwIfAborted();
    const atOnce = inline.answer(question);
    if (atOnce !== undefined) return atOnce;
    const budgetMs = purse?.leftMs ?? usualMs;
    if (budgetMs <= 0) return undefined;
    try {
      const given = await thread.ask({ caller, question, budgetMs, signal, maxWait: longestWait });
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
    analyze: async (script, wanted, asking = {}) => {
      try {
        const question = { kind: 'functions', script, wanted } as const;
        return (await answer(question, deadline, asking, deadline / 1000)) ?? unknownAnalysis;
      } catch (error) {
        // The interpreter has the last word on it: there is no need to wait long for this one.
        if (error instanceof Refusal) return unknownAnalysis;
        throw error;
      }
    },
    analysePolicy: async (script, { modules, functions }, asking = {}) =>
      (await answer({ kind: 'policy', script, modules, functions }, policyDeadline, asking)) ?? notAnalysed,
    survey: (script, { modules, functions }, asking = {}) =>
      answer({ kind: 'survey', script, modules, functions }, policyDeadline, asking),
    openPurse: () => ({ leftMs: policyDeadline }),
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
