import { z } from 'zod';
import type {
  ZodOpenApiComponentsObject,
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiResponseObject,
} from 'zod-openapi';
import { accessTo, ownAccess, type Access } from '../route-access.ts';
import { describeRefusals } from './answers.ts';

/* Keys in the document, on every route that needs one. */

export const securitySchemes = {
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key of the operator.' },
  bearer: { type: 'http', scheme: 'bearer', description: 'The same key. A good one counts first.' },
} as const satisfies ZodOpenApiComponentsObject['securitySchemes'];

const rateHeaders = z.object({
  'RateLimit-Policy': z.string().optional().meta({
    description:
      'Of a key with a rate: `q` requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers-11).',
  }),
  RateLimit: z.string().optional().meta({ description: '`r` of these are left, for `t` seconds.' }),
});
const challengeHeaders = z.object({
  'WWW-Authenticate': z
    .string()
    .optional()
    .meta({ description: 'How to send a key, and what was wrong with it.' }),
});

type Answers = Record<string, ZodOpenApiResponseObject>;

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

/**
 * Adds to each operation the keys that may use it, and the answers to other keys. OpenAPI lists alternative scopes.
 *
 * @param hasKeys whether this service asks for keys; the answers are described in any case, since a client may meet
 * them elsewhere.
 */
export function describeSecurity(paths: ZodOpenApiPathsObject, hasKeys: boolean): ZodOpenApiPathsObject {
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) => {
      const secured = methods.flatMap((method) => {
        const operation = item[method];
        if (operation === undefined) return [];
        const route = { method: method.toUpperCase(), path: path.replaceAll(/\{(\w+)\}/g, ':$1') };
        return [[method, secure(operation, accessTo(ownAccess, route), hasKeys)] as const];
      });
      return [path, { ...item, ...Object.fromEntries(secured) }];
    }),
  );
}

function secure(
  operation: ZodOpenApiOperationObject,
  access: Access,
  hasKeys: boolean,
): ZodOpenApiOperationObject {
  if (access === 'everybody') return { ...operation, security: [] };
  const refusals = describeRefusals(401, 403, 429);
  const answers = { ...refusals, ...operation.responses } as Answers;
  const security = Object.keys(securitySchemes).flatMap((scheme) =>
    access.map((scope) => ({ [scheme]: [scope] })),
  );
  return {
    ...operation,
    security: hasKeys ? security : [],
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [status, addHeaders(status, answer)]),
    ),
  };
}

function addHeaders(status: string, answer: ZodOpenApiResponseObject): ZodOpenApiResponseObject {
  const { headers } = answer;
  if (!(headers instanceof z.ZodObject)) return answer;
  // A caller without a key has no rate yet.
  if (status === '401') return { ...answer, headers: headers.extend(challengeHeaders.shape) };
  const rated = headers.extend(rateHeaders.shape);
  return { ...answer, headers: status === '403' ? rated.extend(challengeHeaders.shape) : rated };
}
