import { createDocument, type CreateDocumentOptions } from 'zod-openapi';
import { healthSchema } from '../../core/contract/health.ts';
import { limitNames, limitsSchema, type LimitPolicy } from '../../core/contract/limits.ts';
import { failureSchema, refusalSchema, successSchema } from '../../core/contract/outcome.ts';
import { generateRequestSchema } from '../../core/contract/generation/generate-request.ts';
import { executeRequestSchema } from '../../core/contract/request.ts';
import { runtimesSchema } from '../../core/contract/runtimes.ts';
import { paths } from './paths.ts';
import { requestConstraints } from './request-constraints.ts';
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
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Brig',
        version,
        summary: 'Runs Python that nobody has read, each script in an nsjail jail of its own.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      security: [],
      tags: [
        { name: 'execution', description: 'Running scripts.' },
        { name: 'environments', description: 'Packages for scripts.' },
        { name: 'service', description: 'The service and its contract.' },
      ],
      paths: describeSecurity(paths, hasKeys),
      components: {
        ...(hasKeys ? { securitySchemes } : {}),
        schemas: {
          ExecuteRequest: executeRequestSchema,
          GenerateRequest: generateRequestSchema,
          Success: successSchema,
          Failure: failureSchema,
          Refusal: refusalSchema,
          Runtimes: runtimesSchema,
          Health: healthSchema,
        },
      },
    },
    { override: (context) => adapt(context, limitPolicy, generation) },
  );
}

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
  if (jsonSchema.pattern !== undefined) jsonSchema.pattern = spellOut(jsonSchema.pattern);
  const limit = limitNames.find((name) => limitsSchema.shape[name] === zodSchema);
  if (io === 'input' && limit !== undefined) {
    Object.assign(jsonSchema, { maximum: ceilings[limit], default: defaults[limit] });
  }
  if (zodSchema === generateRequestSchema.shape.repair.unwrap()) jsonSchema.maximum = maxRepairs;
  const constraints = requestConstraints.get(zodSchema);
  if (constraints !== undefined && io === 'input') Object.assign(jsonSchema, constraints);
}

/**
 * Spells out the pattern of identifiers for every regular expression dialect: the letters, underscore and digits of
 * ASCII, and everything beyond ASCII. Few dialects have XID_Start and XID_Continue.
 */
function spellOut(pattern: string): string {
  return pattern
    .replaceAll('[\\p{XIDS}_]', '[^\\u0000-@\\[-^`{-\\u007f]')
    .replaceAll('[\\p{XIDC}]', '[^\\u0000-/:-@\\[-^`{-\\u007f]');
}
