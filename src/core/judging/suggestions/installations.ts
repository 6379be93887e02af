import type { ErrorReport } from '../../contract/harness-report.ts';
import type { PackageContext } from '../context.ts';
import { describeAbsence } from './imports.ts';
import { moduleOf } from './package-names.ts';

type Words = Pick<Extract<ErrorReport, { kind: 'runtime_error' }>, 'message' | 'traceback'>;

/** UTF-16 units read of the traceback's end. */
const MOST_TEXT = 20_000;
/** Maximum number of packages named. */
const MOST_NAMED = 2;
const pip = /\b(?:pip|pip3|uv|conda|easy_install)\b['", ]{1,4}\binstall\b/;
const packageName = /^[A-Za-z][\w.-]{0,99}/;

const textOf = ({ message, traceback = '' }: Words): string => `${traceback}\n${message}`.slice(-MOST_TEXT);

/** Whether the script tried to install packages itself. */
export const installs = (words: Words): boolean => pip.test(textOf(words));

/** Tells such a script whether the packages exist already, or could be installed. */
export function suggestForInstallation(words: Words, context: PackageContext): string[] {
  const text = textOf(words);
  const found = pip.exec(text);
  const modules = namesIn(text.slice((found?.index ?? 0) + (found?.[0].length ?? text.length))).map(
    (name) => moduleOf(name) ?? name,
  );
  const absences = modules.slice(0, MOST_NAMED).flatMap((module) => describeAbsence(module, context));
  return modules.length > 0 && absences.length === 0
    ? [`Leave the installation out: the environment "${context.environment}" has ${modules.join(', ')}`]
    : ['Leave the installation out: packages come with the environment', ...absences];
}

/** Reads the packages of a command: `', 'numpy', '-q', 'six==1.17'])`. */
function namesIn(rest: string): string[] {
  const [command = ''] = rest.slice(0, 1000).split(/[\])\n]|' returned|" returned/, 1);
  return command
    .split(/[\s'",]+/)
    .flatMap((word) => packageName.exec(word)?.[0] ?? [])
    .map((name) => name.replaceAll('-', '_'));
}
