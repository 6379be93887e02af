import { countUtf8 } from '../core/validation/words.ts';
import { failModel } from './model-failures.ts';
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
}

/** What is said of a script whose reply says nothing. */
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
  // What the model calls safe has to be there.
  if (reply === undefined || (reply.code === undefined && reply.isSafe)) throw failModel('malformed');
  const { code } = reply;
  if (code !== undefined && !code.isWellFormed()) throw failModel('malformed');
  if (code !== undefined && countUtf8(code) > order.scriptBytes) throw failModel('too_large');
  const isSilent = reply.explanation === '' && !reply.isSafe;
  return isSilent ? { ...reply, explanation: unexplained[reply.recovery] } : reply;
}

const decline = (refusal: string): WrittenScript => ({
  recovery: 'refusal',
  code: undefined,
  isSafe: false,
  explanation: cutExplanation(refusal),
});
