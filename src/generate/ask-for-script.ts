import { countUtf8 } from '../core/validation/words.ts';
import type { Refusal } from '../core/refusal.ts';
import { failModel, type FailureKind } from './model-failures.ts';
import type { AskOptions, Message, Model } from './model.ts';
import { cutExplanation, readReply, type Reply } from './read-reply.ts';

/** A script as a model gave it; `code` is undefined where it refused to write one. */
export type WrittenScript = Omit<Reply, 'recovery'> & {
  /** How the reply was read; `refusal` where the model, or its provider, declined to answer. */
  readonly recovery: Reply['recovery'] | 'refusal';
};

export interface ScriptOrder extends AskOptions {
  readonly messages: readonly Message[];
  /** Names that the code may have in the reply. */
  readonly codeKeys: readonly string[];
  /** Most bytes of UTF-8 of the code. */
  readonly scriptBytes: number;
  /** Whether a reply that only looks like code is one. */
  readonly takesText: boolean;
  /** The script that is meant where the reply calls it safe and repeats none. */
  readonly given?: string | undefined;
}

const unexplained = {
  json: 'The reply does not say whether the script is safe.',
  braces: 'The reply does not say whether the script is safe.',
  code_block: 'The reply was no JSON but a block of code, so nothing says that it is safe.',
  raw_text: 'The reply was no JSON but code, so nothing says that it is safe.',
} as const satisfies Record<Reply['recovery'], string>;

/**
 * One call of the model, for a script.
 * @throws Refusal as the model does, and `bad_gateway` where its reply has nothing that can be used.
 */
export async function askForScript(model: Model, order: ScriptOrder): Promise<WrittenScript> {
  const answer = await model.ask(order.messages, order);
  if ('refusal' in answer) return decline(answer.refusal);
  const reply = readReply(answer.text, { ...order, takesBlock: true });
  const fail = (kind: FailureKind): Refusal => rejectReply(model, kind, order.requestId);
  if (reply === undefined) throw fail('malformed');
  const code = reply.code ?? order.given;
  // What the model calls safe has to be there.
  if (code === undefined && reply.isSafe) throw fail('malformed');
  if (code !== undefined && !code.isWellFormed()) throw fail('malformed');
  if (code !== undefined && countUtf8(code) > order.scriptBytes) throw fail('too_large');
  return { ...reply, code };
}

/** What is said of a script that is not called safe, where the reply says nothing of it. */
export const explainSilence = ({ recovery, explanation, isSafe }: WrittenScript): string =>
  explanation === '' && !isSafe && recovery !== 'refusal' ? unexplained[recovery] : explanation;

/** A reply that came, and is of no use: the log hears of it as well. */
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
