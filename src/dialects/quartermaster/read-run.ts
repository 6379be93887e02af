import { z } from 'zod';
import { complainAboutPath } from '../../core/contract/files/paths.ts';
import { MIB, type RequestedLimits } from '../../core/contract/limits.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { isReservedEnvName, type ExecuteRequest } from '../../core/contract/request.ts';
import { validateRequest, type RequestRules } from '../../core/validation/validate-request.ts';
import { runtimeNames } from '../../core/contract/runtimes.ts';
import { flagField, integerField, optional, refuseValue, textField, textMapField } from '../common/fields.ts';
import { sizeField } from '../common/quantities.ts';
import { readForeign, type ForeignBody } from '../common/read-foreign.ts';
import { DEFAULT_IMAGE, runtimeOfImage } from './images.ts';

const SHARES_PER_CORE = 1024;
const LEAST_CPUS = 0.05;

/** Variables in which that system passes the code to its container. */
const reserved = new Set(['ENCODED_CODE', 'ENCODED_FILES', 'CUSTOM_ENTRYPOINT']);

/** In MiB; 0 means no bound, as in Docker. */
const mebibytesField = () => {
  const size = sizeField();
  return size
    .transform((bytes) => (bytes === 0 ? Infinity : Math.max(1, Math.floor(bytes / MIB))))
    .meta(size.meta() ?? {});
};

const environmentField = () =>
  textMapField().superRefine((variables, context) => {
    const names = Object.keys(variables).filter((name) => reserved.has(name) || isReservedEnvName(name));
    for (const name of names) refuseValue(context, `${name} is reserved and cannot be set.`);
  });

/** The image on which another is built: that of a runtime. */
export const baseImageField = () =>
  textField()
    .default(DEFAULT_IMAGE)
    .superRefine((image, context) => {
      if (runtimeOfImage(image) !== undefined) return;
      const known = runtimeNames.map((name) => `'${name}'`).join(', ');
      refuseValue(context, `a base image is one of ${known}`);
    });

export const bodySchema = z.object({
  code: optional(textField()),
  image: optional(textField()),
  files: optional(textMapField()),
  entrypoint: optional(textField()),
  timeout: optional(integerField(1)),
  mem_limit: optional(mebibytesField()),
  cpu_shares: optional(integerField(2)),
  disk_limit: optional(mebibytesField()),
  allow_network: optional(flagField()),
  environment: optional(environmentField()),
  prebuild_spec: optional(z.object({ base_image: baseImageField(), setup_script: textField() })),
});

/** Request of a caller of quartermaster-code-runner. */
export interface RunOrder {
  /** Code, files and variables as a request of Brig: for Python and without limits so far. The code may be empty. */
  readonly request: ExecuteRequest;
  readonly image: string;
  /** Shell command; undefined for the image's own. */
  readonly entrypoint: string | undefined;
  /** In Brig's units. */
  readonly limits: RequestedLimits;
  /** Undefined where the run says nothing. */
  readonly network: boolean | undefined;
  readonly prebuild: PrebuildSpec | undefined;
  /** True when the code, the files or the command mention `sdk`. */
  readonly mentionsSdk: boolean;
}

export interface PrebuildSpec {
  readonly base_image: string;
  readonly setup_script: string;
  /** True when other keys may use it too. */
  readonly shared?: boolean;
}

/** @throws Refusal when a body fits the model but cannot be run. */
export function readRunBody(body: Uint8Array, rules: RequestRules): ForeignBody<RunOrder> {
  return readForeign(body, bodySchema, (fields): RunOrder => {
    const { code = '', files = {}, image = DEFAULT_IMAGE, environment: env = {}, prebuild_spec } = fields;
    const entrypoint = fields.entrypoint?.trim() || undefined;
    if (code.trim() === '' && entrypoint === undefined)
      throw new Refusal('invalid_input', 'Either code or entrypoint must be provided.');
    if (Buffer.byteLength(code) > rules.scriptBytes)
      throw new Refusal('payload_too_large', 'Code size exceeds the limit.');
    const invalid = Object.keys(files).find((path) => complainAboutPath(path) !== undefined);
    if (invalid !== undefined)
      throw new Refusal('invalid_input', `Invalid filename: ${invalid.slice(0, 200)}`);
    const texts = [code, entrypoint ?? '', ...Object.values(files)];
    const given = Object.entries(files).map(([path, content]) => ({ path, content }));
    // Checks the files against the largest working directory; the real one is checked when it is known.
    const limits = { disk_mb: rules.policy.ceilings.disk_mb };
    return {
      request: validateRequest({ script: code, mode: 'script', files: given, env, limits }, {}, rules),
      image,
      entrypoint,
      limits: toLimits(fields),
      network: fields.allow_network,
      prebuild: prebuild_spec,
      mentionsSdk: texts.some((text) => text.includes('sdk')),
    };
  });
}

function toLimits({
  timeout,
  mem_limit,
  cpu_shares,
  disk_limit,
}: z.output<typeof bodySchema>): RequestedLimits {
  return {
    ...(timeout !== undefined && { timeout }),
    ...(mem_limit !== undefined && { memory_mb: mem_limit }),
    ...(cpu_shares !== undefined && { cpus: Math.max(LEAST_CPUS, cpu_shares / SHARES_PER_CORE) }),
    ...(disk_limit !== undefined && { disk_mb: disk_limit }),
  };
}

export const runReader = { name: 'quartermaster', read: readRunBody };
