import { z } from 'zod';
import { describeIssues } from '../core/validation/describe-issue.ts';
import { keyNameSchema, scopes } from '../core/contract/keys.ts';
import { isolationSchema } from '../core/contract/isolation.ts';
import { requestedLimitsSchema } from '../core/contract/limits.ts';
import { entryListSchema } from '../core/contract/network/request.ts';
import { rateSchema } from './rate.ts';

/** Record of a key in the file. It holds the hash of the key, not the key. */
export const keyRecordSchema = z.strictObject({
  /** Part of the key, which selects the record to compare it with. */
  id: z.string().regex(/^[0-9a-f]{12}$/, 'an id is 12 hexadecimal digits'),
  name: keyNameSchema,
  /** SHA-256 of the key, in hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a hash is 64 hexadecimal digits'),
  scopes: z.array(z.enum(scopes)).min(1),
  rate: rateSchema.optional(),
  /** Maximum number of executions of the key at once. */
  concurrency: z.int().min(1).optional(),
  /** Weakest way in which the jails of its requests may be made. */
  isolation: isolationSchema.optional(),
  /** Highest limits that its requests may ask for. */
  ceilings: requestedLimitsSchema.optional(),
  /** The same for the compiler of its scripts. */
  compile_ceilings: requestedLimitsSchema.pick({ timeout: true, memory_mb: true }).optional(),
  /** Hosts that its scripts may reach, of those that the operator allows; an empty list for none. */
  network: entryListSchema.optional(),
  /** Maximum number of environments of the key, and maximum MiB of disk for all of them. */
  environments: z.int().min(0).optional(),
  environments_mb: z.int().min(0).optional(),
  created_at: z.iso.datetime({ offset: true }),
  expires_at: z.iso.datetime({ offset: true }).optional(),
});
export type KeyRecord = z.infer<typeof keyRecordSchema>;

const keyFileSchema = z.strictObject({ version: z.literal(1), keys: z.array(keyRecordSchema) });

/** The file of keys cannot be read or written, or is malformed; the message holds no secret. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** Parses the file. @throws KeyFileError that says what is wrong. */
export function parseKeyFile(text: string): KeyRecord[] {
  const parsed = keyFileSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new KeyFileError(describeIssues(parsed.error.issues.slice(0, 1)));
  }
  const { keys } = parsed.data;
  for (const field of ['id', 'name'] as const) {
    const twice = findRepeated(keys.map((key) => key[field]));
    if (twice !== undefined) throw new KeyFileError(`two keys have the ${field} ${twice}`);
  }
  return keys;
}

export function writeKeyFile(keys: readonly KeyRecord[]): string {
  return `${JSON.stringify({ version: 1, keys }, undefined, 2)}\n`;
}

export function findRepeated(values: readonly string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeyFileError(text.trim() === '' ? 'it is empty' : 'it is not JSON');
  }
}
