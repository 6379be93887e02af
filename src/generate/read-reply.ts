import { MOST_EXPLANATION } from '../core/generation/generation.ts';
import { isRecord } from '../core/validation/is-record.ts';

/** By which way something usable was found in a reply: it is JSON, JSON with words around it, or only code. */
export type Recovery = 'json' | 'braces' | 'code_block' | 'raw_text';

export interface Reply {
  readonly recovery: Recovery;
  /** Undefined where the reply is JSON and has none. */
  readonly code: string | undefined;
  /** Only where the reply says so: with a plain `true`. */
  readonly isSafe: boolean;
  /** Empty where the reply has none. */
  readonly explanation: string;
}

export interface ReplyShape {
  /** Names under which the code may be, the first one that is there counts; none where no code is asked for. */
  readonly codeKeys: readonly string[];
  /** Whether a fenced block of code stands for a reply. */
  readonly takesBlock: boolean;
  /** Whether the whole text does, if it looks like code. */
  readonly takesText: boolean;
}

/** Reads what a model replied, which may be anything; undefined where nothing in it can be used. */
export function readReply(text: string, { codeKeys, takesBlock, takesText }: ReplyShape): Reply | undefined {
  // Models that think aloud do it first.
  const said = text.replace(/^\s*<think>[^]*?<\/think>/, '').trim();
  const whole = parseRecord(said);
  if (whole !== undefined) return fromRecord(whole, 'json', codeKeys);
  const [first, last] = [said.indexOf('{'), said.lastIndexOf('}')];
  const inner = first === -1 || last < first ? undefined : parseRecord(said.slice(first, last + 1));
  // A dict of a script is no reply, even if it happens to be JSON.
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

/** As it may go into an answer. */
export const cutExplanation = (text: string): string => text.slice(0, MOST_EXPLANATION).toWellFormed();

/** A line that only Python begins so. */
const looksLikeCode = (text: string): boolean =>
  /^(?:(?:async )?def \w+ ?\(|class \w+ ?[(:]|import \w+(?:[.,]| as |[ \t]*$)|from [\w.]+ import |@\w+|print\()/m.test(
    text,
  );
