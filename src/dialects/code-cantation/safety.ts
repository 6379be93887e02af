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
export function listUnsafe({ modules, functions, isOverride }: SafetyOrder): SurveyLists {
  const choose = (usual: readonly string[], own: readonly string[]): readonly string[] => {
    if (!isOverride) return [...usual, ...own];
    return own.length === 0 ? usual : own;
  };
  return {
    modules: choose(defaults.modules, modules),
    // Also names the functions of `os`, which finds those that are only imported or passed on.
    functions: [...choose(defaults.functions, functions), ...dangerous, ...osFunctions, 'os.*'],
  };
}

const osFunctions = words(
  'os.system os.popen os.exec* os.spawn* os.posix_spawn* os.fork os.forkpty os.kill os.killpg',
);

/** Returns the text of `safety_violation`; undefined when nothing was found. */
export function describeViolations(survey: Survey | undefined): string | undefined {
  if (survey === undefined) return violations([line(1, 0, 'Code that could not be analysed in time')]);
  const lines = survey.uses
    .filter((use) => !isOfSubmodule(use))
    .map((use) => line(use.line, use.column, describe(use)));
  return lines.length === 0 ? undefined : violations([...new Set(lines)]);
}

export const violations = (lines: readonly string[]): string => ['Violations found:', ...lines].join('\n');

export const line = (row: number, column: number, what: string): string =>
  `  Line ${row}, Col ${column}: ${what}`;

/** True for names like `os.path.join`, which are no functions of `os` itself. */
const isOfSubmodule = ({ kind, name }: Use): boolean =>
  kind !== 'import' && name.startsWith('os.') && name.split('.').length > 2;

function describe({ kind, name, written }: Use): string {
  if (kind === 'import') return `Unsafe module import: ${name}`;
  if (kind === 'call' && written !== name) return `Call to aliased unsafe function: ${written}`;
  if (dangerous.has(name)) return `Use of dangerous built-in function: ${name}`;
  return `Unsafe function call: ${name}`;
}
