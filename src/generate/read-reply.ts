import { MOST_EXPLANATION } from '../core/contract/generation/generation.ts';
import { isRecord } from '../core/validation/is-record.ts';

/** Form of a usable reply: as JSON, as JSON within text, or as code only. */
export type Recovery = 'json' | 'braces' | 'code_block' | 'raw_text';

export interface Reply {
  readonly recovery: Recovery;
  /** Undefined when the reply is JSON without code. */
  readonly code: string | undefined;
  /** True only when the reply has a plain `true`. */
  readonly isSafe: boolean;
  /** Empty when the reply has none. */
  readonly explanation: string;
}

export interface ReplyShape {
  /** Field names of the code, in order of preference; empty when no code is wanted. */
  readonly codeKeys: readonly string[];
  /** True when a fenced code block is accepted as a reply. */
  readonly takesBlock: boolean;
  /** True when a whole text that looks like code is accepted. */
  readonly takesText: boolean;
}

/** Reads a model's reply, which may be anything; returns undefined when nothing in it is usable. */
export function readReply(text: string, { codeKeys, takesBlock, takesText }: ReplyShape): Reply | undefined {
  // Removes the thoughts of a model that thinks aloud first.
  const said = text.replace(/^\s*<think>[^]*?<\/think>/, '').trim();
  const whole = parseRecord(said);
  if (whole !== undefined) return fromRecord(whole, 'json', codeKeys);
  const [first, last] = [said.indexOf('{'), said.lastIndexOf('}')];
  const inner = first === -1 || last < first ? undefined : parseRecord(said.slice(first, last + 1));
  // A dict in a script is no reply, even if it happens to be JSON.
  if (inner !== undefined && isReply(inner, codeKeys)) return fromRecord(inner, 'braces', codeKeys);
  const block = takesBlock ? /```[\w+-]*[ \t]*\r?\n([^]*?)```/.exec(said)?.[1] : undefined;
  if (block !== undefined && block.trim() !== '') return fromCode(block.trim(), 'code_block');
  return takesText && looksLikeCode(said) ? fromCode(said, 'raw_text') : undefined;
}

function parseRecord(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isReply = (record: Readonly<Record<string, unknown>>, codeKeys: readonly string[]): boolean =>
  ['is_safe', ...codeKeys].some((name) => Object.hasOwn(record, name));

function fromRecord(
  record: Readonly<Record<string, unknown>>,
  recovery: Recovery,
  codeKeys: readonly string[],
): Reply {
  const own = (name: string): unknown => (Object.hasOwn(record, name) ? record[name] : undefined);
  const code = codeKeys.map(own).find((value) => typeof value === 'string' && value.trim() !== '');
  const explanation = own('explanation');
  return {
    recovery,
    code: typeof code === 'string' ? code : undefined,
    isSafe: own('is_safe') === true,
    explanation: typeof explanation === 'string' ? cutExplanation(explanation) : '',
  };
}

const fromCode = (code: string, recovery: Recovery): Reply => ({
  recovery,
  code,
  isSafe: false,
  explanation: '',
});

/** Shortens an explanation for an answer. */
export const cutExplanation = (text: string): string => text.slice(0, MOST_EXPLANATION).toWellFormed();

/** True when a line can only be Python. */
const looksLikeCode = (text: string): boolean =>
  /^(?:(?:async )?def \w+ ?\(|class \w+ ?[(:]|import \w+(?:[.,]| as |[ \t]*$)|from [\w.]+ import |@\w+|print\()/m.test(
    text,
  );
