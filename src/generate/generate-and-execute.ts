import type { Caller } from '../core/contract/caller.ts';
import type { GenerateRequest } from '../core/contract/generation/generate-request.ts';
import type { Attempt, Generation, GenerationEvent, Review } from '../core/contract/generation/generation.ts';
import type { Failure, Outcome } from '../core/contract/outcome.ts';
import { planRequest } from '../core/plan.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { ExecuteRequest } from '../core/contract/request.ts';
import type { ExecuteOptions, Executor } from '../executor/executor.ts';
import { askForScript, explainSilence, type WrittenScript } from './ask-for-script.ts';
import type { Message, Model } from './model.ts';
import { askForRepair, askForScriptOf, type PromptContext } from './prompts.ts';
import { refuseWhereNothingRuns } from './refuse-where-nothing-runs.ts';

export interface GenerateOptions extends ExecuteOptions {
  /** Called with each script as soon as it is written, and with each failure that is to be repaired. */
  readonly onProgress?: ((event: GenerationEvent) => void) | undefined;
}

/** Outcome of the last script that ran, and the record of its generation. */
export type GeneratedOutcome = Outcome & { readonly generation: Generation };

export interface Generator {
  /**
   * Lets a model write a script and runs it like any other. The outcome contains its `generation`.
   * @throws Refusal as the model and the executor do, before anything has run. A later failure ends the repairs: the
   * last outcome is returned, and its attempts say why there is no other.
   */
  generate(request: GenerateRequest, options?: GenerateOptions): Promise<GeneratedOutcome>;
}

export interface GeneratorParts {
  readonly executor: Pick<Executor, 'execute' | 'health'>;
  readonly model: Model;
  readonly temperature: number;
  readonly scriptBytes: number;
  /** @throws Refusal when the request names an unknown environment. */
  readonly describeContext: (request: ExecuteRequest, caller: Caller | undefined) => Promise<PromptContext>;
}

export function createGenerator(parts: GeneratorParts): Generator {
  return {
    generate: async (order, options = {}) => {
      const { query, repair, ...request } = order;
      refuseWhereNothingRuns(parts.executor);
      const asked = askForScriptOf(query, await parts.describeContext(request, options.caller));
      const attempts: Attempt[] = [];
      let last: Ran | undefined;
      for (let conversation = asked; ;) {
        const step = await attempt(parts, { request, conversation, number: attempts.length + 1 }, options);
        if ('refusal' in step) {
          if (last === undefined) throw step.refusal;
          attempts.push(
            toAttempt(step.written, { error: step.refusal.category, message: step.refusal.message }),
          );
          return withGeneration(last, query, attempts);
        }
        const { written, outcome } = step;
        attempts.push(toAttempt(written, outcome.success ? undefined : outcome));
        last = step;
        if (attempts.length > repair || !isRepairable(outcome) || written.code === undefined) {
          return withGeneration(last, query, attempts);
        }
        options.onProgress?.({
          event: 'attempt',
          data: { attempt: attempts.length, ...toAttempt(written, outcome) },
        });
        conversation = askForRepair(asked, written.code, outcome);
      }
    },
  };
}

/** A script that was run, or refused as unsafe, with its outcome. */
interface Ran {
  readonly written: WrittenScript;
  readonly outcome: Outcome;
}

interface Step {
  readonly request: ExecuteRequest;
  readonly conversation: readonly Message[];
  readonly number: number;
}

/**
 * Calls the model once and runs its script. Returns refusals instead of throwing them, so that earlier results are
 * not lost.
 */
async function attempt(
  { model, executor, temperature, scriptBytes }: GeneratorParts,
  { request, conversation, number }: Step,
  options: GenerateOptions,
): Promise<Ran | { readonly refusal: Refusal; readonly written: WrittenScript | undefined }> {
  let written: WrittenScript | undefined;
  try {
    const { caller, signal, requestId, traceparent } = options;
    const shape = { codeKeys: ['script'], scriptBytes, takesText: true };
    const order = { messages: conversation, ...shape, temperature, caller, signal, requestId, traceparent };
    const asked = performance.now();
    const reply = await askForScript(model, order);
    const took = performance.now() - asked;
    written = { ...reply, explanation: explainSilence(reply) };
    const { code = null, explanation, isSafe } = written;
    options.onProgress?.({
      event: 'script',
      data: { attempt: number, script: code, explanation, is_safe: isSafe },
    });
    const review: Review = { is_safe: isSafe, explanation };
    const outcome = await executor.execute(planRequest({ ...request, script: code ?? '' }), {
      ...options,
      ...tellTime(options, took),
      review,
    });
    return { written, outcome };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error, written };
    throw error;
  }
}

/** Adds the model's time to the timings. */
const tellTime = ({ onTimings }: GenerateOptions, model: number): Pick<ExecuteOptions, 'onTimings'> => ({
  onTimings: onTimings && ((timings) => onTimings({ ...timings, model })),
});

/** True for failures that are the script's own fault. A script that its model calls unsafe is not repaired. */
const isRepairable = (outcome: Outcome): outcome is Failure =>
  !outcome.success && outcome.review?.is_safe !== false;

function toAttempt(
  written: WrittenScript | undefined,
  failure: Pick<Attempt, 'error' | 'message'> | undefined,
): Attempt {
  return {
    script: written?.code ?? null,
    explanation: written?.explanation ?? '',
    error: failure?.error ?? null,
    message: failure?.message ?? null,
  };
}

function withGeneration({ written, outcome }: Ran, query: string, attempts: Attempt[]): GeneratedOutcome {
  const { code = null, explanation } = written;
  return { ...outcome, generation: { query, script: code, explanation, attempts } };
}
