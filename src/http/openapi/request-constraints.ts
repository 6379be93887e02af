import { executeRequestSchema, requestCaps, reservedEnvNames } from '../../core/request.ts';

/** Relative, without empty segments, `.` and `..`; its bounds in bytes are not for a pattern to say. */
const relativePath = '^(?!(?:[\\s\\S]*/)?\\.{1,2}(?:/|$))[^/\\u0000]{1,255}(?:/[^/\\u0000]{1,255}){0,31}$';

const toPattern = (name: string): string => (name.endsWith('*') ? name.slice(0, -1) : `${name}$`);

/** What the request's schema checks in code, which no conversion can see, in the words of JSON Schema. */
export const requestConstraints: ReadonlyMap<unknown, Readonly<Record<string, unknown>>> = new Map<
  unknown,
  Readonly<Record<string, unknown>>
>([
  [
    executeRequestSchema,
    {
      if: { properties: { mode: { const: 'script' } }, required: ['mode'] },
      // Only a function has a name and keyword arguments.
      // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
      then: {
        properties: {
          args: { items: { type: 'string' } },
          kwargs: { maxProperties: 0 },
          function: false,
        },
      },
    },
  ],
  [executeRequestSchema.shape.files.unwrap().element.shape.path, { pattern: relativePath }],
  [executeRequestSchema.shape.return_files.unwrap().element, { pattern: relativePath }],
  // Only in mode `function`: where a tool fills it in elsewhere, the request is refused.
  [executeRequestSchema.shape.function, { default: undefined, examples: ['main', 'größe'] }],
  [
    executeRequestSchema.shape.env.unwrap(),
    {
      description: `At most ${requestCaps.envBytes} bytes together.`,
      propertyNames: { pattern: `^(?!${reservedEnvNames.map(toPattern).join('|')})[^=\\u0000]+$` },
      additionalProperties: { type: 'string', pattern: '^[^\\u0000]*$' },
    },
  ],
]);
