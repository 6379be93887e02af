import { jobRequestSchema } from '../../core/contract/jobs/job-request.ts';
import { executeRequestSchema, requestCaps, reservedEnvNames } from '../../core/contract/request.ts';
import { hasPackageEnvironments, runtimeNames } from '../../core/contract/runtimes.ts';

/** Pattern of relative paths without empty segments, `.` and `..`; a pattern cannot express the bounds in bytes. */
const relativePath = '^(?!(?:[\\s\\S]*/)?\\.{1,2}(?:/|$))[^/\\u0000]{1,255}(?:/[^/\\u0000]{1,255}){0,31}$';

const toPattern = (name: string): string => (name.endsWith('*') ? name.slice(0, -1) : `${name}$`);

const where = (field: string, value: object, properties: object): object => ({
  if: { properties: { [field]: value }, required: [field] },
  // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
  then: { properties },
});

/** Only a function has a name and keyword arguments. */
const runsWhole = { kwargs: { maxProperties: 0 }, function: false };

const ofExecution = {
  allOf: [
    where('mode', { const: 'script' }, { ...runsWhole, args: { items: { type: 'string' } } }),
    where(
      'runtime',
      { enum: runtimeNames.filter((name) => name !== 'python') },
      {
        ...runsWhole,
        mode: { const: 'script' },
        args: { items: { type: 'string', pattern: '^[^\\u0000]*$' } },
        policy: { properties: { mode: { const: 'off' } }, required: ['mode'] },
        validate_only: { const: false },
      },
    ),
    where(
      'runtime',
      { enum: runtimeNames.filter((name) => !hasPackageEnvironments(name)) },
      { environment: false },
    ),
  ],
};

/** Constraints that the request's schema checks in code, and that no conversion can see, in JSON Schema. */
export const requestConstraints: ReadonlyMap<unknown, Readonly<Record<string, unknown>>> = new Map<
  unknown,
  Readonly<Record<string, unknown>>
>([
  [executeRequestSchema, ofExecution],
  [jobRequestSchema, ofExecution],
  [executeRequestSchema.shape.files.unwrap().element.shape.path, { pattern: relativePath }],
  [executeRequestSchema.shape.return_files.unwrap().element, { pattern: relativePath }],
  // Without a default: only mode `function` takes the field, and a tool that fills it in elsewhere would be refused.
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
