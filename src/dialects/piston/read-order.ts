import { Buffer } from 'node:buffer';
import { z } from 'zod';
import type { ExecuteRequest } from '../../core/contract/request.ts';
import { readRequest } from '../../core/validation/read-request.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import { read } from '../common/fields.ts';
import { readForeign, type ForeignBody } from '../common/read-foreign.ts';

/** Request of a caller of Piston. */
export interface PistonOrder {
  readonly language: string;
  readonly version: string;
  /** Name of the first file, which is run. */
  readonly mainFile: string;
  /** The files as a request of Brig, without its runtime and limits. */
  readonly request: ExecuteRequest;
  /** Limits by Piston's names: milliseconds, and bytes; -1 for none. */
  readonly limits: Readonly<Partial<Record<LimitField, number>>>;
}

export const limitFields = [
  'run_timeout',
  'compile_timeout',
  'run_cpu_time',
  'compile_cpu_time',
  'run_memory_limit',
  'compile_memory_limit',
] as const;
export type LimitField = (typeof limitFields)[number];

/** A field that must be of one type; Piston answers with the first complaint. */
const field = <T>(msg: string, accept: (value: unknown) => value is T, shape: Record<string, unknown>) =>
  read<T>((value) => (accept(value) ? { value } : { type: 'value_error', msg }), shape);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const required = (name: string) =>
  z.preprocess(
    (value) => value ?? null,
    field(`${name} is required as a string`, isText, { type: 'string' }),
  );

interface File {
  readonly name?: unknown;
  readonly content: string;
  readonly encoding?: unknown;
}
const isFile = (value: unknown): value is File =>
  typeof value === 'object' && value !== null && 'content' in value && typeof value.content === 'string';

const filesField = z
  .preprocess((value) => value ?? null, z.unknown())
  .transform((value, context): File[] => {
    const complain = (message: string): void =>
      context.addIssue({ code: 'custom', message, params: { type: 'value_error' } });
    if (!Array.isArray(value) || value.length === 0) {
      complain('files is required as an array');
      return z.NEVER;
    }
    const bad = value.findIndex((file) => !isFile(file));
    if (bad === -1) return value as File[];
    complain(`files[${bad}].content is required as a string`);
    return z.NEVER;
  })
  .meta({
    type: 'array',
    minItems: 1,
    items: {
      type: 'object',
      required: ['content'],
      properties: {
        name: { type: 'string' },
        content: { type: 'string' },
        encoding: { type: 'string', enum: ['utf8', 'base64', 'hex'] },
      },
    },
  });

const isNumber = (value: unknown): value is number => typeof value === 'number';
const numberField = (name: string) =>
  z
    .preprocess(
      (value) => value ?? undefined,
      field(`If specified, ${name} must be a number`, isNumber, { type: 'number' }).optional(),
    )
    .optional();

export const orderSchema = z.object({
  language: required('language'),
  version: required('version'),
  files: filesField,
  stdin: z.string().nullish().catch('').meta({ type: 'string' }),
  args: z
    .array(z.unknown())
    .nullish()
    .catch([])
    .meta({ type: 'array', items: { type: 'string' } }),
  run_timeout: numberField('run_timeout'),
  compile_timeout: numberField('compile_timeout'),
  run_cpu_time: numberField('run_cpu_time'),
  compile_cpu_time: numberField('compile_cpu_time'),
  run_memory_limit: numberField('run_memory_limit'),
  compile_memory_limit: numberField('compile_memory_limit'),
});

/** String() of an object calls what the caller put there under the name of `toString`. */
const toText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

/** @throws Refusal when a file's name or content is not one that a jail takes. */
export function readPistonOrder(body: Uint8Array, rules: RequestRules): ForeignBody<PistonOrder> {
  return readForeign(body, orderSchema, (fields) => {
    const files = fields.files.map(({ name, content, encoding }, index) => ({
      path: isText(name) ? name : `file${index}.code`,
      bytes: Buffer.from(content, encoding === 'base64' || encoding === 'hex' ? encoding : 'utf8'),
    }));
    const [main, ...others] = files;
    const request = {
      script: main?.bytes.toString('utf8') ?? '',
      mode: 'script',
      args: (fields.args ?? []).map(toText),
      stdin: fields.stdin ?? '',
      files: others.map(({ path, bytes }) => ({
        path,
        content: bytes.toString('base64'),
        encoding: 'base64',
      })),
    };
    return {
      ...{ language: fields.language, version: fields.version, mainFile: main?.path ?? '' },
      request: readRequest(JSON.stringify(request), rules),
      limits: Object.fromEntries(limitFields.map((name) => [name, fields[name]])),
    };
  });
}

export const pistonReader = { name: 'piston', read: readPistonOrder };
