import { Refusal } from '../core/contract/refusal.ts';
import { countUtf8 } from '../core/text/words.ts';
import type { Reviewer } from '../executor/executor.ts';
import { rejectReply } from './ask-for-script.ts';
import type { Model } from './model.ts';
import { askForReview } from './prompts.ts';
import { cutExplanation, readReply } from './read-reply.ts';

export interface ReviewOptions {
  readonly temperature: number;
  /** Maximum bytes sent to the model, in UTF-8. */
  readonly inputBytes: number;
}

/** Creates a reviewer that asks a model. A script counts as unsafe unless the model calls it safe. */
export function createReviewer(model: Model, { temperature, inputBytes }: ReviewOptions): Reviewer {
  return async ({ script, runtime }, { caller, signal, requestId, traceparent }) => {
    const bytes = countUtf8(script);
    if (bytes > inputBytes) {
      throw new Refusal(
        'payload_too_large',
        `The script has ${bytes} bytes; at most ${inputBytes} are sent to the model for a review.`,
        { suggestions: ['Leave out "validate", or pass data as files, args or stdin.'] },
      );
    }
    const answer = await model.ask(askForReview(script, runtime), {
      temperature,
      caller,
      signal,
      requestId,
      traceparent,
    });
    if ('refusal' in answer) return { is_safe: false, explanation: cutExplanation(answer.refusal) };
    const reply = readReply(answer.text, { codeKeys: [], takesBlock: false, takesText: false });
    if (reply === undefined) throw rejectReply(model, 'malformed', requestId);
    const isSilent = reply.explanation === '' && !reply.isSafe;
    const explanation = isSilent ? 'The review does not say whether the script is safe.' : reply.explanation;
    return { is_safe: reply.isSafe, explanation };
  };
}
