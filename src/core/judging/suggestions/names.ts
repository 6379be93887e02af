import type { ErrorReport } from '../../contract/harness-report.ts';
import { commonModules, foreignAttributes, foreignNames, homeOf, moduleAliases } from './known-names.ts';
import { nearest } from '../../text/nearest.ts';
import type { PackageContext } from '../context.ts';
import { describeAbsence } from './imports.ts';

/** A name that was not found, as the harness saw it. */
export type Missing = NonNullable<Extract<ErrorReport, { kind: 'runtime_error' }>['missing']>;

/** Returns suggestions for an UnboundLocalError, whose name is only in CPython's message. */
export function suggestForUnbound(message: string): string[] {
  const name = /variable '([^']+)'/.exec(message)?.[1] ?? 'the variable';
  return [
    `Give ${name} a value before it is read: an assignment anywhere in a function makes it local there`,
    `Declare \`global ${name}\` or \`nonlocal ${name}\` where the outer one is meant`,
  ];
}

/** Returns suggestions for a NameError: a similar name, or a missing import. */
export function suggestForName({ name, candidates }: Missing, context: PackageContext): string[] {
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

/** Types whose methods have other names in other languages; on other classes, `add` may mean anything. */
const builtInTypes = new Set(['str', 'list', 'tuple', 'dict', 'bytes']);

/** Attributes looked up in the module `datetime` when its class is meant. */
const methodsOfDatetime = new Set([
  ...['now', 'utcnow', 'today', 'strptime', 'strftime', 'fromtimestamp', 'fromisoformat', 'combine'],
]);

/** Returns suggestions for an AttributeError. */
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

/** Returns suggestions for `from module import name`. */
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

/** Most labels of a table that are listed. */
const MOST_LABELS = 12;

/** Returns suggestions for a KeyError: similar keys of the dictionaries, or labels of the tables, in scope. */
export function suggestForKey({ name, of, candidates }: Missing): string[] {
  const near = didYouMean(name, candidates);
  if (of !== 'pandas') return near;
  // Tables often have the same columns.
  const labels = [...new Set(candidates)];
  const listed = labels.slice(0, MOST_LABELS).map((label) => JSON.stringify(label));
  const rest = labels.length - listed.length;
  return [
    ...near,
    listed.length === 0
      ? 'Print the columns first: print(list(table.columns))'
      : `Columns and labels of the tables there: ${listed.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
  ];
}

/** Returns suggestions for a keyword argument that a function does not take. */
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

/** Leaves out hidden names, which a misspelt public name does not mean. */
const withoutHidden = (name: string, candidates: readonly string[]): string[] =>
  candidates.filter((candidate) => name.startsWith('_') || !candidate.startsWith('_'));

const quoteAll = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(' or ');
