import { isLimitName } from '../core/contract/limits.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { optionOf, optionOfLimit } from './name-options.ts';

/** Fields of a request in a refusal, outside of quotes, and the options in their place. */
const fields: readonly (readonly [RegExp, (whole: string, name: string) => string])[] = [
  [/\blimits\.(\w+)/g, (whole, name) => (isLimitName(name) ? optionOfLimit[name] : whole)],
  [/\breturn_files(?:\[\d+\])?/g, () => '--return'],
  [/(?<![\w-])files(?:\[\d+\])?(?:\.path)?(?![\w-])/g, () => optionOf.files],
  [/\bkwargs(?:\.\w+)?/g, () => optionOf.kwargs],
  [/\bargs(?:\[\d+\])?(?![\w-])/g, () => optionOf.args],
  [/\benv(?:\.\w+)?(?![\w-])/g, () => optionOf.env],
  [/\bnetwork(?:\.allow)?(?:\[\d+\])?:/g, () => `${optionOf.network}:`],
  [/\bexecution_id\b/g, () => '--id'],
  [/\bpolicy\.deny_(module|function)s(?:\[\d+\])?/g, (_, kind) => `--deny-${kind}`],
  [
    /\bAsk for an? (\w+) of/g,
    (whole, name) => (isLimitName(name) ? `Ask for ${optionOfLimit[name]} of` : whole),
  ],
];
const returned = /send "return_files": \[("[^"]*")\]/;

/** Returns a sentence about fields of a request as one about options of `brig run`. */
const nameOptionsIn = (sentence: string): string =>
  splitAtQuotes(sentence.replace(returned, (_, pattern: string) => `add --return ${pattern}`))
    .map((part, index) =>
      index % 2 === 1 ? part : fields.reduce((text, [field, write]) => text.replaceAll(field, write), part),
    )
    .join('');

/** Splits a text so that every second part is in quotes, with them. */
function splitAtQuotes(text: string): string[] {
  const parts = [''];
  let isEscaped = false;
  for (const letter of text) {
    const isQuote = letter === '"' && !isEscaped;
    isEscaped = letter === '\\' && !isEscaped;
    const isInside = parts.length % 2 === 0;
    if (isQuote && !isInside) parts.push('"');
    else parts[parts.length - 1] += letter;
    if (isQuote && isInside) parts.push('');
  }
  return parts;
}

/** Reads a request that options made. @throws Refusal in the terms of the options. */
export function readByOptions<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { category, message, suggestions, retryable, kind } = error;
    throw new Refusal(category, nameOptionsIn(message), {
      suggestions: suggestions.map(nameOptionsIn),
      retryable,
      cause: error,
      ...(kind !== undefined && { kind }),
    });
  }
}
