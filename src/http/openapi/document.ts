import { createDocument, type CreateDocumentOptions } from 'zod-openapi';
import { limitNames, limitsSchema, type LimitPolicy } from '../../core/contract/limits.ts';
import { refusalSchema } from '../../core/contract/outcome.ts';
import { toPlainPattern } from '../../core/contract/plain-pattern.ts';
import { generateRequestSchema } from '../../core/contract/generation/generate-request.ts';
import { components } from './components.ts';
import { paths } from './paths.ts';
import { requestConstraints } from './request-constraints.ts';
import { tidyComponents } from './tidy-components.ts';
import { describeSecurity, securitySchemes } from './security.ts';

export interface ApiFacts {
  readonly version: string;
  /** Defaults and ceilings of the operator, which the document shows. */
  readonly limitPolicy: LimitPolicy;
  /** True when the service asks for API keys. */
  readonly hasKeys?: boolean;
  readonly generation: { readonly maxRepairs: number };
}

export type ApiDocument = ReturnType<typeof createDocument>;

/**
 * Builds the contract of the HTTP door as OpenAPI 3.1, from the schemas that check and type its requests and answers.
 */
export function describeApi({ version, limitPolicy, generation, hasKeys = false }: ApiFacts): ApiDocument {
  const document = createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Brig',
        version,
        summary: 'Runs Python that nobody has read, each script in an nsjail jail of its own.',
        description:
          'A script that fails is an answer like any other: 200 with `success: false`. Only a request that is refused has another status.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      security: [],
      tags: [
        { name: 'execution', description: 'Running scripts.' },
        { name: 'jobs', description: 'Executions that nobody waits for.' },
        { name: 'sessions', description: 'Jails that one caller keeps.' },
        { name: 'environments', description: 'Packages for scripts.' },
        { name: 'service', description: 'The service and its contract.' },
      ],
      paths: describeSecurity(paths, hasKeys),
      components: {
        ...(hasKeys ? { securitySchemes } : {}),
        schemas: components,
      },
    },
    { override: (context) => adapt(context, limitPolicy, generation) },
  );
  return tidyComponents(document);
}

/** Few generators of clients know a type that is always null. */
function writeNull(jsonSchema: Context['jsonSchema'], type: 'integer' | 'object'): void {
  Object.assign(jsonSchema, { type: [type, 'null'] });
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

type Context = Parameters<NonNullable<CreateDocumentOptions['override']>>[0];

function adapt(
  { jsonSchema, zodSchema, io }: Context,
  { defaults, ceilings }: LimitPolicy,
  { maxRepairs }: ApiFacts['generation'],
): void {
  const def = zodSchema._zod.def;
  // Answers may grow: a client generated today must accept a field that is added later.
  if (io === 'output' && def.type === 'object' && jsonSchema.additionalProperties === false) {
    delete jsonSchema.additionalProperties;
  }
  // The bounds of a double's integers carry no information.
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.pattern !== undefined) jsonSchema.pattern = toPlainPattern(jsonSchema.pattern);
  const limit = limitNames.find((name) => limitsSchema.shape[name] === zodSchema);
  if (io === 'input' && limit !== undefined) {
    Object.assign(jsonSchema, { maximum: ceilings[limit], default: defaults[limit] });
  }
  if (zodSchema === generateRequestSchema.shape.repair.unwrap()) jsonSchema.maximum = maxRepairs;
  if (zodSchema === refusalSchema.shape.return_code) writeNull(jsonSchema, 'integer');
  if (zodSchema === refusalSchema.shape.execution) writeNull(jsonSchema, 'object');
  // Generated clients compare a boolean with the text of a constant, or refuse it.
  if (typeof jsonSchema.const === 'boolean') delete jsonSchema.const;
  if (isEmptyObject(jsonSchema.default)) delete jsonSchema.default;
  const constraints = requestConstraints.get(zodSchema);
  if (constraints !== undefined && io === 'input') Object.assign(jsonSchema, constraints);
}
