import { countUtf8 } from '../core/text/words.ts';
import type { Refusal } from '../core/contract/refusal.ts';
import { failModel, type FailureKind } from './model-failures.ts';
import type { AskOptions, Message, Model } from './model.ts';
import { cutExplanation, readReply, type Reply } from './read-reply.ts';

/** A script from a model; `code` is undefined when the model refused to write one. */
export type WrittenScript = Omit<Reply, 'recovery'> & {
  /** Form in which the reply was read; `refusal` when the model or its provider declined to answer. */
  readonly recovery: Reply['recovery'] | 'refusal';
};

export interface ScriptOrder extends AskOptions {
  readonly messages: readonly Message[];
  /** Names of the field with the code. */
  readonly codeKeys: readonly string[];
  /** Maximum bytes of the code, in UTF-8. */
  readonly scriptBytes: number;
  /** True when a reply that only looks like code is accepted as code. */
  readonly takesText: boolean;
  /** Script to use when the reply calls it safe and does not repeat it. */
  readonly given?: string | undefined;
}

const unexplained = {
  json: 'The reply does not say whether the script is safe.',
  braces: 'The reply does not say whether the script is safe.',
  code_block: 'The reply was no JSON but a block of code, so nothing says that it is safe.',
  raw_text: 'The reply was no JSON but code, so nothing says that it is safe.',
} as const satisfies Record<Reply['recovery'], string>;

/**
 * Makes one call of the model, for a script.
 * @throws Refusal as the model does, and `bad_gateway` when the reply has nothing usable.
 */
export async function askForScript(model: Model, order: ScriptOrder): Promise<WrittenScript> {
  const answer = await model.ask(order.messages, order);
  if ('refusal' in answer) return decline(answer.refusal);
  const reply = readReply(answer.text, { ...order, takesBlock: true });
  const fail = (kind: FailureKind): Refusal => rejectReply(model, kind, order.requestId);
  if (reply === undefined) throw fail('malformed');
  const code = reply.code ?? order.given;
  // A reply that calls its script safe must contain one.
  if (code === undefined && reply.isSafe) throw fail('malformed');
  if (code !== undefined && !code.isWellFormed()) throw fail('malformed');
  if (code !== undefined && countUtf8(code) > order.scriptBytes) throw fail('too_large');
  return { ...reply, code };
}

/** Returns the explanation of a script that is not called safe, with a default when the reply has none. */
export const explainSilence = ({ recovery, explanation, isSafe }: WrittenScript): string =>
  explanation === '' && !isSafe && recovery !== 'refusal' ? unexplained[recovery] : explanation;

/** Rejects a reply that is of no use, and logs it. */
export function rejectReply(model: Model, kind: FailureKind, requestId: string | undefined): Refusal {
  model.report({ kind, status: undefined, detail: 'the reply cannot be used', requestId });
  return failModel(kind);
}

const decline = (refusal: string): WrittenScript => ({
  recovery: 'refusal',
  code: undefined,
  isSafe: false,
  explanation: cutExplanation(refusal),
});
