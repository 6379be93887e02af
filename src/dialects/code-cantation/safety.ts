import type { Survey, SurveyLists, Use } from '../../core/contract/survey.ts';
import type { SafetyOrder } from './read-body.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Names that Code Cantation considers unsafe by default. */
const defaults = {
  modules: words(
    'sys subprocess builtins requests socket http.client urllib.request importlib pickle ctypes',
  ),
  functions: words('exec eval compile input __import__ getattr setattr delattr hasattr'),
};
const dangerous = new Set(words('globals locals vars dir eval exec compile'));

/** Lists the names to look for in the code. */
export const listUnsafe = (order: SafetyOrder): SurveyLists => ({
  modules: choose(order, 'modules'),
  // Also names the functions of `os`, which finds those that are only imported or passed on.
  functions: [...choose(order, 'functions'), ...dangerous, ...osFunctions, 'os.*'],
});

/** Returns the default list with the caller's, or the caller's alone. */
function choose(order: SafetyOrder, list: 'modules' | 'functions'): readonly string[] {
  if (!order.isOverride) return [...defaults[list], ...order[list]];
  return order[list].length === 0 ? defaults[list] : order[list];
}

const osFunctions = words(
  'os.system os.popen os.exec* os.spawn* os.posix_spawn* os.fork os.forkpty os.kill os.killpg',
);

/** Returns the text of `safety_violation`; undefined when nothing was found. */
export function describeViolations(survey: Survey | undefined, order: SafetyOrder): string | undefined {
  if (survey === undefined) return violations([line(1, 0, 'Code that could not be analysed in time')]);
  const lines = survey.uses
    .filter((use) => !isOfSubmodule(use))
    .flatMap((use) =>
      describe(use, choose(order, 'functions')).map((what) => line(use.line, use.column, what)),
    );
  return lines.length === 0 ? undefined : violations([...new Set(lines)]);
}

export const violations = (lines: readonly string[]): string => ['Violations found:', ...lines].join('\n');

export const line = (row: number, column: number, what: string): string =>
  `  Line ${row}, Col ${column}: ${what}`;

/** True for names like `os.path.join`, which are no functions of `os` itself. */
const isOfSubmodule = ({ kind, name }: Use): boolean =>
  kind !== 'import' && name.startsWith('os.') && name.split('.').length > 2;

/** Describes a hit; a built-in function that is dangerous and unsafe is two, as in that system. */
function describe({ kind, name, written }: Use, functions: readonly string[]): readonly string[] {
  if (kind === 'import') return [`Unsafe module import: ${name}`];
  if (kind === 'call' && written !== name) return [`Call to aliased unsafe function: ${written}`];
  const unsafe = `Unsafe function call: ${name}`;
  if (!dangerous.has(name)) return [unsafe];
  const isBoth = kind === 'call' && functions.includes(name);
  return [`Use of dangerous built-in function: ${name}`, ...(isBoth ? [unsafe] : [])];
}
