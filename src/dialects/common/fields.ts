import { z } from 'zod';
import { isRecord } from '../../core/validation/is-record.ts';

/*
 * Fields as FastAPI's models read them: equally lenient (`"5"` is a number, `"yes"` a flag), with pydantic's names
 * and messages for values that do not fit.
 */

/** An error in one field of a body. */
export interface FieldIssue {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
}

interface Complaint {
  readonly type: string;
  readonly msg: string;
}

const missing: Complaint = { type: 'missing', msg: 'Field required' };

/**
 * Reads any value; converts a complaint into an issue for `toFieldIssues`. @param shape JSON Schema of the value in
 * documents.
 */
export const read = <T>(
  reader: (value: unknown) => { readonly value: T } | Complaint,
  shape: Readonly<Record<string, unknown>> = {},
) =>
  z
    .unknown()
    .transform((value, context): T => {
      const got = value === undefined ? missing : reader(value);
      if ('value' in got) return got.value;
      context.addIssue({ code: 'custom', message: got.msg, params: { type: got.type } });
      return z.NEVER;
    })
    .meta(shape);

export const textField = () =>
  read(
    (value) =>
      typeof value === 'string' ? { value } : { type: 'string_type', msg: 'Input should be a valid string' },
    { type: 'string' },
  );

const integer = 'Input should be a valid integer';

function readInteger(value: unknown): { readonly value: number } | Complaint {
  if (typeof value === 'boolean') return { value: Number(value) };
  if (typeof value === 'string') {
    if (/^\s*[+-]?\d+(_\d+)*(\.0*)?\s*$/.test(value)) return { value: Number(value.replaceAll('_', '')) };
    return { type: 'int_parsing', msg: `${integer}, unable to parse string as an integer` };
  }
  if (typeof value !== 'number') return { type: 'int_type', msg: integer };
  if (Number.isInteger(value)) return { value };
  return { type: 'int_from_float', msg: `${integer}, got a number with a fractional part` };
}

/** An integer of at least `least`. */
export const integerField = (least: number) =>
  read(
    (value) => {
      const got = readInteger(value);
      if (!('value' in got) || got.value >= least) return got;
      return { type: 'greater_than_equal', msg: `Input should be greater than or equal to ${least}` };
    },
    { type: 'integer', minimum: least },
  );

const flags: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...[true, 1, '1', 'true', 't', 'yes', 'y', 'on'].map((value) => [value, true] as const),
  ...[false, 0, '0', 'false', 'f', 'no', 'n', 'off'].map((value) => [value, false] as const),
]);

export const flagField = () =>
  read(
    (given) => {
      const value = flags.get(typeof given === 'string' ? given.toLowerCase() : given);
      if (value !== undefined) return { value };
      const msg = 'Input should be a valid boolean';
      if (typeof given !== 'string' && typeof given !== 'number') return { type: 'bool_type', msg };
      return { type: 'bool_parsing', msg: `${msg}, unable to interpret input` };
    },
    { type: 'boolean' },
  );

export const choiceField = <const T extends readonly string[]>(choices: T) =>
  read(
    (value): { readonly value: T[number] } | Complaint => {
      const chosen = choices.find((choice) => choice === value);
      if (chosen !== undefined) return { value: chosen };
      const names = choices.map((choice) => `'${choice}'`).join(' or ');
      return { type: 'literal_error', msg: `Input should be ${names}` };
    },
    { type: 'string', enum: choices },
  );

const list = { type: 'list_type', msg: 'Input should be a valid list' };

export const listField = () =>
  read(
    (value): { readonly value: readonly unknown[] } | Complaint => (Array.isArray(value) ? { value } : list),
    { type: 'array', items: {} },
  );

/** A text of at most `most` characters. */
const shortTextField = (most: number) =>
  read((value) => {
    if (typeof value !== 'string') return { type: 'string_type', msg: 'Input should be a valid string' };
    if (value.length <= most) return { value };
    return { type: 'string_too_long', msg: `String should have at most ${most} characters` };
  });

/** A list of at most `most` texts, each of at most `mostCharacters` characters. */
export const textListField = (most: number, mostCharacters: number) =>
  read((value): { readonly value: readonly unknown[] } | Complaint => {
    if (!Array.isArray(value)) return list;
    if (value.length <= most) return { value };
    return {
      type: 'too_long',
      msg: `List should have at most ${most} items after validation, not ${value.length}`,
    };
  })
    .pipe(z.array(shortTextField(mostCharacters)))
    .meta({ type: 'array', items: { type: 'string', maxLength: mostCharacters }, maxItems: most });

/** A map from names to texts. */
export const textMapField = () =>
  read((value) =>
    isRecord(value) ? { value } : { type: 'dict_type', msg: 'Input should be a valid dictionary' },
  )
    .pipe(z.record(z.string(), textField()))
    .meta({ type: 'object', additionalProperties: { type: 'string' } });

/** Rejects a value of the right type, with pydantic's message for an error of a custom validator. */
export const refuseValue = (context: z.RefinementCtx, msg: string): void => {
  context.addIssue({ code: 'custom', message: `Value error, ${msg}`, params: { type: 'value_error' } });
};

/** Marks a field that may be null in the metadata of its schema. */
export const MAY_BE_NULL = 'x-may-be-null';

/** A field that may be absent or null, with the same meaning. */
export const optional = <S extends z.ZodType>(field: S) =>
  z
    .preprocess((value) => value ?? undefined, field.optional())
    .optional()
    .meta({ [MAY_BE_NULL]: true });

/** Maximum number of issues reported; a body can have millions. */
const MOST_ISSUES = 100;
/** Maximum UTF-16 units of a name or message in an issue: a name may be as long as a body. */
const MOST_TOLD = 300;
const cut = (text: string): string => (text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD)}…` : text);

export function toFieldIssues({ issues }: z.ZodError): FieldIssue[] {
  return issues.slice(0, MOST_ISSUES).map((issue) => {
    const loc = ['body', ...issue.path.map((part) => (typeof part === 'number' ? part : cut(String(part))))];
    const type: unknown = issue.code === 'custom' ? issue.params?.['type'] : undefined;
    // zod's own issues are missing fields.
    return typeof type === 'string' ? { type, loc, msg: cut(issue.message) } : { ...missing, loc };
  });
}
