export const fenceAdvice = 'Remove the Markdown fence: send the code alone, without the lines of ```';

export const isFence = (line: string): boolean => /^\s*(```|~~~)/.test(line);

/**
 * Returns suggestions for a script between fences with prose around it, as models answer, where the prose is the
 * syntax error.
 * @param at the line of the error, from 1.
 */
export function suggestForFence(script: string, at: number | undefined): string[] {
  if (at === undefined) return [];
  const lines = script.split('\n');
  const opening = lines.findIndex(isFence);
  // A fence within a multi-line string is text.
  if (opening < 1 || isWithinString(lines.slice(0, opening))) return [];
  const closing = lines.findLastIndex(isFence);
  const isProse = at <= opening || (closing > opening && at > closing + 1);
  return isProse ? ['Send the code alone, without the prose around it and the lines of ```'] : [];
}

const isWithinString = (lines: readonly string[]): boolean =>
  [`"""`, `'''`].some((quotes) => (lines.join('\n').split(quotes).length - 1) % 2 === 1);
