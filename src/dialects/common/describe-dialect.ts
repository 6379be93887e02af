import { z } from 'zod';
import { MAY_BE_NULL } from './fields.ts';
import type { RefusalMember } from './respond.ts';

/** A route of a dialect, for its OpenAPI document. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly summary: string;
  /** Schema that reads the body. */
  readonly body?: z.ZodType;
  /** Schema of the answer. */
  readonly answer: z.ZodType;
}

/** Schemas of FastAPI for bodies that do not fit, and for other refusals. */
const detailSchemas = {
  ValidationError: {
    type: 'object',
    required: ['type', 'loc', 'msg'],
    properties: {
      type: { type: 'string' },
      loc: { type: 'array', items: { type: ['string', 'integer'] } },
      msg: { type: 'string' },
    },
  },
  HTTPValidationError: {
    type: 'object',
    required: ['detail'],
    properties: { detail: { type: 'array', items: { $ref: '#/components/schemas/ValidationError' } } },
  },
  Refusal: { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } },
};

/** Refusals of a dialect that answers with one text. */
const schemasOf = (member: RefusalMember) =>
  member === 'detail'
    ? detailSchemas
    : { Refusal: { type: 'object', required: [member], properties: { [member]: { type: 'string' } } } };

interface DescribedDialect {
  readonly name: string;
  readonly title?: string;
  readonly refusalMember?: RefusalMember;
}

/** Returns the OpenAPI document of a dialect. */
export const describeDialect = (
  { name, title = name, refusalMember = 'detail' }: DescribedDialect,
  base: string,
  version: string,
  operations: readonly Operation[],
) => ({
  openapi: '3.1.0',
  info: { title, version },
  servers: [{ url: base }],
  paths: Object.fromEntries(
    [...Map.groupBy(operations, ({ path }) => path)].map(([path, all]) => [
      path,
      Object.fromEntries(
        all.map((operation) => [operation.method, describeOperation(operation, refusalMember)]),
      ),
    ]),
  ),
  components: { schemas: schemasOf(refusalMember) },
});

function describeOperation({ method, path, summary, body, answer }: Operation, member: RefusalMember) {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    operationId: `${method}${path.replaceAll(/\W+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: true, content: toContent(body) } }),
    responses: {
      200: { description: 'The answer.', content: toContent(answer) },
      ...(body !== undefined &&
        member === 'detail' && {
          422: refer('A body that does not fit.', 'HTTPValidationError'),
        }),
      default: refer('Any other refusal.', 'Refusal'),
    },
  };
}

const refer = (description: string, name: keyof typeof detailSchemas) => ({
  description,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
});

function toContent(schema: z.ZodType) {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      const said = z.globalRegistry.get(zodSchema);
      // zod leaves out defaults of fields that convert their values; a default in other units is in the metadata.
      if (def.type === 'default') jsonSchema.default ??= said?.['default'] ?? def.defaultValue;
      if (said?.[MAY_BE_NULL] === true) allowNull(jsonSchema);
    },
  });
  return { 'application/json': { schema: shape } };
}

function allowNull(shape: Record<string, unknown>): void {
  delete shape[MAY_BE_NULL];
  shape['type'] = [shape['type'], 'null'];
  if (Array.isArray(shape['enum'])) shape['enum'] = [...(shape['enum'] as unknown[]), null];
}
