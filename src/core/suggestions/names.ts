import type { ErrorReport } from '../harness-report.ts';
import { commonModules, foreignAttributes, foreignNames, homeOf, moduleAliases } from './known-names.ts';
import { nearest } from '../nearest.ts';
import type { ClassifyContext } from '../verdict/outcome-shape.ts';
import { describeAbsence } from './imports.ts';

/** A name that was looked up in vain, as the harness saw it. */
export type Missing = NonNullable<Extract<ErrorReport, { kind: 'runtime_error' }>['missing']>;

type Surroundings = Pick<ClassifyContext, 'environment' | 'hasPackages' | 'findModule'>;

/** For an UnboundLocalError, whose name CPython gives in its text only. */
export function suggestForUnbound(message: string): string[] {
  const name = /variable '([^']+)'/.exec(message)?.[1] ?? 'the variable';
  return [
    `Give ${name} a value before it is read: an assignment anywhere in a function makes it local there`,
    `Declare \`global ${name}\` or \`nonlocal ${name}\` where the outer one is meant`,
  ];
}

/** For a NameError: what may have been meant, or what is not imported. */
export function suggestForName({ name, candidates }: Missing, context: Surroundings): string[] {
  const alias = Object.hasOwn(moduleAliases, name) ? moduleAliases[name] : undefined;
  if (alias !== undefined) return [`Add \`${alias[0]}\``, ...describeAbsence(alias[1], context)];
  const imported = suggestImport(name);
  const foreign = foreignNames.get(name);
  const written = foreign === undefined ? [] : [`Write ${foreign}: Python 3 has no ${name}`];
  return [...imported, ...written, ...didYouMean(name, candidates)];
}

function suggestImport(name: string): string[] {
  if (commonModules.has(name)) return [`Add \`import ${name}\``];
  const home = homeOf.get(name);
  return home === undefined ? [] : [`Add \`from ${home} import ${name}\``];
}

/** Those whose methods other languages name otherwise; of another class `add` may mean anything. */
const builtInTypes = new Set(['str', 'list', 'tuple', 'dict', 'bytes']);

/** What is asked of the module `datetime` where its class is meant. */
const methodsOfDatetime = new Set([
  ...['now', 'utcnow', 'today', 'strptime', 'strftime', 'fromtimestamp', 'fromisoformat', 'combine'],
]);

/** For an AttributeError. */
export function suggestForAttribute({ name, of, candidates }: Missing): string[] {
  if (of === 'NoneType') {
    return [
      `Check for None before ".${name}": a function without a return statement gives None, as do list.sort() and re.match() without a match`,
    ];
  }
  if (of === 'datetime' && methodsOfDatetime.has(name)) {
    return [
      `Write datetime.datetime.${name}(), or \`from datetime import datetime\`: the class has the module's name`,
    ];
  }
  const moved = candidates.length > 0 && homeOf.get(name) === 'collections.abc' && of === 'collections';
  if (moved) return [`Add \`from collections.abc import ${name}\`: it has moved there`];
  const foreign = builtInTypes.has(of ?? '') ? foreignAttributes.get(name) : undefined;
  const near = didYouMean(name, candidates);
  if (near.length > 0) return near;
  if (foreign !== undefined) return [`Write ${foreign}: ${of ?? 'the value'} has no ".${name}"`];
  const own = candidates.filter((candidate) => !candidate.startsWith('_'));
  return of === undefined || own.length === 0 || own.length > 12 ? [] : [`${of} has ${own.join(', ')}`];
}

/** For `from module import name`. */
export function suggestForImportedName({ name, of, candidates }: Missing): string[] {
  if (of === 'collections' && homeOf.get(name) === 'collections.abc') {
    return [`Write \`from collections.abc import ${name}\`: it has moved there`];
  }
  const home = homeOf.get(name);
  const near = nearest(name, withoutHidden(name, candidates));
  if (near.length > 0)
    return [`Did you mean ${quoteAll(near)}? Write \`from ${of ?? '…'} import ${near[0]}\``];
  return home === undefined || home === of ? [] : [`Write \`from ${home} import ${name}\``];
}

/** For a KeyError: the likes of a key in the dictionaries at hand. */
export const suggestForKey = ({ name, candidates }: Missing): string[] => didYouMean(name, candidates);

/** For a keyword argument that a function does not take. */
export function suggestForParameter({ name, of, candidates }: Missing, functionName: string): string[] {
  const [like] = nearest(name, candidates, 1);
  if (like === undefined) return [];
  return [
    of === functionName
      ? `Did you mean "${like}"? Send "kwargs": {"${like}": …} in the request`
      : `Did you mean "${like}"? ${of ?? 'The function'}() takes ${candidates.join(', ')}`,
  ];
}

function didYouMean(name: string, candidates: readonly string[]): string[] {
  const near = nearest(name, withoutHidden(name, candidates));
  return near.length === 0 ? [] : [`Did you mean ${quoteAll(near)}?`];
}

/** Who misspells a public name does not mean `__name__`. */
const withoutHidden = (name: string, candidates: readonly string[]): string[] =>
  candidates.filter((candidate) => name.startsWith('_') || !candidate.startsWith('_'));

const quoteAll = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(' or ');
