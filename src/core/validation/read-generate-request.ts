import {
  generateRequestSchema,
  notBlank,
  type GenerateRequest,
} from '../contract/generation/generate-request.ts';
import { nearest } from '../text/nearest.ts';
import { Refusal } from '../contract/refusal.ts';
import type { GivenContents } from './files.ts';
import { isRecord } from './is-record.ts';
import { readJson } from './read-json.ts';
import { validateRequest, type RequestRules } from './validate-request.ts';
import { countUtf8, MOST_MISTAKES, nameType, quote } from '../text/words.ts';

/** Rules of a request for a generation. */
export interface GenerationRules extends RequestRules {
  /** Maximum bytes of a query, in UTF-8. */
  readonly queryBytes: number;
  /** Highest `repair`. */
  readonly maxRepairs: number;
}

const fieldNames = Object.keys(generateRequestSchema.shape);
const smallest = `The smallest valid request: ${JSON.stringify({ query: 'the sum of the first 100 primes' })}`;

/**
 * Reads a request from its JSON, like `readRequest`.
 * @throws Refusal `invalid_input`, or `payload_too_large` for the query.
 */
export function readGenerateRequest(
  body: string | Uint8Array,
  rules: GenerationRules,
  contents?: GivenContents,
): GenerateRequest {
  const { value } = readJson(body, [smallest]);
  if (!isRecord(value)) {
    throw new Refusal('invalid_input', `The body must be a JSON object, not ${nameType(value)}.`, {
      suggestions: [smallest],
    });
  }
  const unknown = Object.keys(value).filter((name) => !fieldNames.includes(name));
  if (unknown.length > 0) throw refuseUnknown(unknown);
  const { query, repair = 0, ...rest } = value;
  const checked = checkQuery(query, rules);
  const repairs = checkRepair(repair, rules);
  // Checks everything except the script before a model is asked.
  return {
    ...validateRequest({ ...rest, script: '' }, {}, rules, contents),
    query: checked,
    repair: repairs,
  };
}

function refuseUnknown(names: readonly string[]): Refusal {
  const told = names.slice(0, MOST_MISTAKES).map((name) => {
    const [like] = nearest(name, fieldNames, 1);
    return `Unknown field ${quote(name)}${like === undefined ? '' : `; did you mean "${like}"?`}`;
  });
  const rest = names.length - told.length;
  const message = `${told.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
  return new Refusal('invalid_input', message.replace(/\?\.$/, '?'), {
    suggestions: [`Fields of a request for a script: ${fieldNames.join(', ')}.`],
  });
}

function checkQuery(query: unknown, { queryBytes }: GenerationRules): string {
  if (query === undefined) refuse('"query" is missing: it must be a string.', smallest);
  if (typeof query !== 'string') refuse(`query must be a string, not ${nameType(query)}.`);
  if (!notBlank.test(query)) refuse('query is empty.', smallest);
  if (!query.isWellFormed()) refuse('query is not well-formed Unicode: it holds a lone surrogate.');
  const bytes = countUtf8(query);
  if (bytes <= queryBytes) return query;
  throw new Refusal('payload_too_large', `The query has ${bytes} bytes; at most ${queryBytes} are taken.`, {
    suggestions: ['Pass data as files or stdin, and say in the query what is to be done with it.'],
  });
}

function checkRepair(repair: unknown, { maxRepairs }: GenerationRules): number {
  const isCount = typeof repair === 'number' && Number.isInteger(repair) && repair >= 0;
  if (!isCount) refuse('repair must be an integer of at least 0.');
  if (repair > maxRepairs) {
    refuse(
      `repair is ${repair}, above its ceiling of ${maxRepairs}.`,
      `Ask for a repair of at most ${maxRepairs}.`,
    );
  }
  return repair;
}

function refuse(message: string, ...suggestions: readonly string[]): never {
  throw new Refusal('invalid_input', message, { suggestions });
}
