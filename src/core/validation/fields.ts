import type { z } from 'zod';
import { limitNames } from '../contract/limits.ts';
import { isRecord } from './is-record.ts';
import { adviseOnPath, adviseOnValue, findMeant } from './meant-values.ts';
import { nearest } from '../text/nearest.ts';
import { policyRequestSchema } from '../contract/policy/policy.ts';
import { executeRequestSchema } from '../contract/request.ts';
import { MOST_MISTAKES, nameType, quote, writePath, type Mistake } from '../text/words.ts';

type Issue = z.core.$ZodIssue;

/** All fields of a request. */
export const fieldNames = Object.keys(executeRequestSchema.shape);
const policyNames = Object.keys(policyRequestSchema.shape);

/** Names of fields in other services. */
const foreignNames: ReadonlyMap<string, string> = new Map([
  ['code', 'script'],
  ['source', 'script'],
  ['source_code', 'script'],
  ['program', 'script'],
  ['language', 'runtime'],
  ['lang', 'runtime'],
  ['input', 'stdin'],
  ['arguments', 'args'],
  ['entrypoint', 'function'],
  ['entry_point', 'function'],
  ['packages', 'environment'],
  ['requirements', 'environment'],
  ['dependencies', 'environment'],
]);

/** Complains about unknown fields, each with the most similar known one. */
export function complainAboutUnknownFields(body: Readonly<Record<string, unknown>>): Mistake[] {
  const { limits, policy } = body;
  return [
    ...describeFirst(unknownNames(body, fieldNames), describeUnknownField),
    ...describeFirst(isRecord(limits) ? unknownNames(limits, limitNames) : [], describeUnknownLimit),
    ...describeFirst(isRecord(policy) ? unknownNames(policy, policyNames) : [], describeUnknownPolicy),
  ];
}

/**
 * Describes only as many items as a message spells out, since finding a similar name takes time; counts the rest.
 */
function describeFirst<Item>(items: readonly Item[], describeOne: (item: Item) => Mistake): Mistake[] {
  return items.map((item, index) => (index < MOST_MISTAKES ? describeOne(item) : untold));
}

const untold: Mistake = { message: 'one more' };

function unknownNames(object: Readonly<Record<string, unknown>>, known: readonly string[]): string[] {
  const names = new Set(known);
  return Object.keys(object).filter((name) => !names.has(name));
}

function describeUnknownField(name: string): Mistake {
  const field = foreignNames.get(name) ?? nearest(name, fieldNames, 1)[0];
  const suggestion = `Fields of a request: ${fieldNames.join(', ')}.`;
  if (field !== undefined) return { message: ask(quote(name), field), suggestion };
  // A limit written one level too high.
  const limit = limitNames.find((known) => known === name) ?? nearest(name, limitNames, 1)[0];
  return { message: ask(quote(name), limit === undefined ? undefined : `limits.${limit}`), suggestion };
}

function describeUnknownLimit(name: string): Mistake {
  const [like] = nearest(name, limitNames, 1);
  return {
    message: ask(quote(`limits.${name}`), like === undefined ? undefined : `limits.${like}`),
    suggestion: `Limits of a request: ${limitNames.join(', ')}.`,
  };
}

function describeUnknownPolicy(name: string): Mistake {
  const [like] = nearest(name, policyNames, 1);
  return {
    message: ask(quote(`policy.${name}`), like === undefined ? undefined : `policy.${like}`),
    suggestion: `Fields of a policy: ${policyNames.join(', ')}.`,
  };
}

function ask(unknown: string, like: string | undefined): string {
  return `Unknown field ${unknown}${like === undefined ? '' : `; did you mean "${like}"?`}`;
}

/** Complains in words about the schema's issues; unknown fields are reported elsewhere, with similar names. */
export function complainAboutShape(
  issues: readonly Issue[],
  body: Readonly<Record<string, unknown>>,
): Mistake[] {
  const told = issues.filter(({ code }) => code !== 'unrecognized_keys');
  return describeFirst(told, (issue) => describe(issue, body));
}

function describe(issue: Issue, body: unknown): Mistake {
  const path = writePath(issue.path);
  const value = issue.path.reduce<unknown>(stepInto, body);
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined)
        return { message: `"${path}" is missing: it must be ${nameExpected(issue.expected)}` };
      return {
        message: `${path} must be ${nameExpected(issue.expected)}, not ${nameReceived(issue.expected, value)}`,
      };
    case 'invalid_value': {
      const known = issue.values.map(String);
      const field = String(issue.path.at(-1));
      const meant = findMeant(field, value, known);
      const question = meant.map((one) => `"${one}"`).join(' or ');
      return {
        message: `${path} must be ${known.map((one) => `"${one}"`).join(' or ')}, not ${showValue(value)}${question === '' ? '' : `; did you mean ${question}?`}`,
        ...asSuggestion(adviseOnValue(field, value, meant[0])),
      };
    }
    case 'too_small':
      return {
        message: `${path} must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}, not ${showValue(value)}`,
      };
    case 'too_big':
      if (issue.origin === 'array') return { message: `${path} has more than ${issue.maximum} elements` };
      return { message: `${path} must be at most ${issue.maximum}, not ${showValue(value)}` };
    case 'invalid_union': {
      // The issues of the shape that the value has, where they lie within it.
      const inside = issue.errors.flat().find((one) => one.path.length > 0);
      if (inside !== undefined) return describe({ ...inside, path: [...issue.path, ...inside.path] }, body);
      return { message: `${path} ${issue.message}` };
    }
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return {
        message: `${path}: ${issue.message}`,
        ...asSuggestion(adviseOnPath(String(issue.path[0]), value)),
      };
  }
}

const asSuggestion = (suggestion: string | undefined): Pick<Mistake, 'suggestion'> =>
  suggestion === undefined ? {} : { suggestion };

function stepInto(value: unknown, step: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<PropertyKey, unknown>)[step];
}

function nameExpected(expected: string): string {
  if (expected === 'record' || expected === 'object') return 'an object';
  if (expected === 'int') return 'an integer';
  return expected === 'array' ? 'an array' : `a ${expected}`;
}

const nameReceived = (expected: string, value: unknown): string =>
  expected === 'int' && typeof value === 'number' && Number.isFinite(value) ? String(value) : nameType(value);

function showValue(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : nameType(value);
}
