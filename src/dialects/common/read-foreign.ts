import type { z } from 'zod';
import { isRecord } from '../../core/validation/is-record.ts';
import { MOST_LEVELS, nestsDeeper } from '../../core/validation/member-texts.ts';
import { toFieldIssues, type FieldIssue } from './fields.ts';

/** A body, or its issues: both are plain data, since a large body is read on another thread. */
export type ForeignBody<T> = { readonly value: T } | { readonly issues: readonly FieldIssue[] };

/** Answer to a body that is no object. */
export const notAnObject: ForeignBody<never> = {
  issues: [
    {
      type: 'model_attributes_type',
      loc: ['body'],
      msg: 'Input should be a valid dictionary or object to extract fields from',
    },
  ],
};

const invalidJson = (at: number): FieldIssue => ({
  type: 'json_invalid',
  loc: ['body', at],
  msg: 'JSON decode error',
});

/**
 * Reads a body as FastAPI reads one for a model: JSON, without unknown fields. Takes time in proportion to the body.
 * @param finish converts the fields of the schema; `text` is the JSON of the object.
 */
export function readForeign<S extends z.ZodType, T>(
  body: Uint8Array,
  schema: S,
  finish: (fields: z.output<S>, text: string) => T,
): ForeignBody<T> {
  if (body.length === 0) return { issues: [{ type: 'missing', loc: ['body'], msg: 'Field required' }] };
  const parsed = parse(body);
  if ('issues' in parsed) return parsed;
  if (!isRecord(parsed.json)) return notAnObject;
  const result = schema.safeParse(parsed.json);
  if (!result.success) return { issues: toFieldIssues(result.error) };
  return { value: finish(result.data, parsed.text) };
}

function parse(
  body: Uint8Array,
): { readonly json: unknown; readonly text: string } | { readonly issues: readonly FieldIssue[] } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    if (nestsDeeper(text, MOST_LEVELS)) return { issues: [invalidJson(0)] };
    return { json: JSON.parse(text) as unknown, text };
  } catch (error) {
    const at = error instanceof SyntaxError ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    return { issues: [invalidJson(Number(at ?? 0))] };
  }
}
