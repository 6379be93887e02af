/** Functions that only make a value. */
const pureCall =
  /^(?:sum|len|sorted|max|min|list|dict|set|tuple|str|int|float|round|abs|any|all|repr|range|zip)\(|\.(?:describe|head|tail|mean|median|std|sum|count|max|min|to_dict|tolist|value_counts|groupby|strip|split|join|upper|lower|format|keys|values|items)\([^()]*\)$/;
const keywords = new Set(
  'pass break continue return raise yield await del assert import from global nonlocal if for while with try else elif except finally def class lambda async match case print not'.split(
    ' ',
  ),
);
const openers = '([{';
const closers = ')]}';

/** Whether a line of Python is an expression whose value is not used: `x * 2`, `sum(values)`, `[a, b]`, but no call. */
export function isBareValue(line: string): boolean {
  const [word = ''] = /^\w+/.exec(line) ?? [];
  if (line === '' || keywords.has(word) || /^(?:[rbu]{0,2}["']|@|#|\.\.\.)/i.test(line)) return false;
  const marks = readTopLevel(line);
  if (marks === undefined || /(?:^|[^=!<>])=(?!=)|[:;#]/.test(marks)) return false;
  if (/[+\-*/%<>&|^]| (?:and|or|in|is) /.test(marks)) return true;
  return line.endsWith(')') && !/^[([{]/.test(line) ? pureCall.test(line) : true;
}

/** Returns a line without texts and without what is in brackets; undefined when a bracket or text is left open. */
function readTopLevel(line: string): string | undefined {
  let marks = '';
  let depth = 0;
  let quote = '';
  for (const letter of line) {
    if (quote !== '') {
      if (letter === '\\') return undefined;
      if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (openers.includes(letter)) depth += 1;
    else if (closers.includes(letter)) depth -= 1;
    else if (depth === 0) marks += letter;
    if (depth < 0) return undefined;
  }
  return depth === 0 && quote === '' ? marks : undefined;
}
