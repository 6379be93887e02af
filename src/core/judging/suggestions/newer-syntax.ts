interface Rule {
  /** First minor version of Python 3 that accepts it. */
  readonly since: number;
  readonly fits: (text: string, line: string) => boolean;
  readonly advice: string;
}

const rules: readonly Rule[] = [
  {
    since: 12,
    fits: (_text, line) => nestsQuotes(line),
    advice: 'Use the other quotes inside the braces of the f-string; the same ones need Python 3.12',
  },
  {
    since: 12,
    fits: (text) => /f-string expression part cannot include (a backslash|'#')/.test(text),
    advice:
      'Put what stands in the braces of the f-string into a variable; a backslash or # there needs Python 3.12',
  },
  {
    since: 12,
    fits: (_text, line) => /^\s*(async def|def|class)\s+\w+\s*\[/.test(line),
    advice: 'Use TypeVar and Generic of typing; type parameters in brackets need Python 3.12',
  },
  {
    since: 12,
    fits: (_text, line) => /^\s*type\s+\w+\s*[=[]/.test(line),
    advice: 'Write `Name = …` without `type`; the type statement needs Python 3.12',
  },
  {
    since: 14,
    fits: (text, line) => /invalid syntax/.test(text) && /\bt["']/.test(line),
    advice: 'Use an f-string; t-strings need Python 3.14',
  },
];

/**
 * Returns suggestions for source that a later Python accepts. @param python the version that refused it, `3.11.7`.
 */
export function suggestForNewerSyntax(text: string, line: string, python: string | undefined): string[] {
  const [major, minor = ''] = python?.split('.', 2) ?? [];
  if (major !== '3') return [];
  const rule = rules.find(({ since, fits }) => Number(minor) < since && fits(text, line));
  return rule === undefined ? [] : [`${rule.advice}: this is ${major}.${minor}`];
}

/** Whether the quotes of an f-string appear in its braces too. */
function nestsQuotes(line: string): boolean {
  const [, quote, rest = ''] = /\b(?:f|rf|fr)(["'])(.*)/i.exec(line.replaceAll('{{', '')) ?? [];
  if (quote === undefined) return false;
  const brace = rest.indexOf('{');
  const nested = rest.indexOf(quote, brace);
  const end = rest.indexOf('}', brace);
  return brace >= 0 && nested >= 0 && nested < end && rest.split(quote).length > 3;
}
