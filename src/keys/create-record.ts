import { describeIssues } from '../core/validation/describe-issue.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { RequestedLimits } from '../core/contract/limits.ts';
import { keyRecordSchema, type KeyRecord } from './key-file.ts';
import { createSecret, digestKey } from './secret.ts';

/** Options of a command for a new key; invalid numbers are NaN. */
export interface KeyWish {
  readonly name: string;
  readonly scope?: readonly string[];
  readonly rate?: string;
  readonly concurrency?: number;
  readonly isolation?: string;
  /** Period of validity, or its end. */
  readonly expires?: string;
  readonly maxTimeout?: number;
  readonly maxCpuTime?: number;
  readonly maxMemory?: number;
  readonly maxCpus?: number;
  readonly maxProcesses?: number;
  readonly maxOutputBytes?: number;
  readonly maxDisk?: number;
  readonly maxOpenFiles?: number;
  readonly maxCompileTimeout?: number;
  readonly maxCompileMemory?: number;
  readonly maxEnvironments?: number;
  readonly maxEnvironmentsMb?: number;
  readonly network?: readonly string[];
}

/**
 * Creates a key: its record for the file, and the key itself, which is not stored.
 * @throws Refusal `invalid_input` that names the invalid option.
 */
export function createRecord(wish: KeyWish, now: Date): { readonly record: KeyRecord; readonly key: string } {
  const { id, key } = createSecret();
  const ceilings = dropUndefined(toCeilings(wish));
  const compile_ceilings = dropUndefined({
    timeout: wish.maxCompileTimeout,
    memory_mb: wish.maxCompileMemory,
  });
  const parsed = keyRecordSchema.safeParse({
    ...dropUndefined({ rate: wish.rate, concurrency: wish.concurrency, isolation: wish.isolation }),
    ...dropUndefined({ environments: wish.maxEnvironments, environments_mb: wish.maxEnvironmentsMb }),
    ...dropUndefined({ network: wish.network?.filter((word) => word !== 'off') }),
    id,
    name: wish.name,
    sha256: digestKey(key).toString('hex'),
    scopes: [...new Set(wish.scope ?? ['execute'])],
    ...(Object.keys(ceilings).length === 0 ? {} : { ceilings }),
    ...(Object.keys(compile_ceilings).length === 0 ? {} : { compile_ceilings }),
    created_at: now.toISOString(),
    ...(wish.expires === undefined ? {} : { expires_at: readExpiry(wish.expires, now) }),
  });
  if (parsed.success) return { record: parsed.data, key };
  throw new Refusal('invalid_input', `${describeIssues(parsed.error.issues)}.`);
}

const toCeilings = (wish: KeyWish): RequestedLimits => ({
  timeout: wish.maxTimeout,
  cpu_time: wish.maxCpuTime,
  memory_mb: wish.maxMemory,
  cpus: wish.maxCpus,
  processes: wish.maxProcesses,
  output_bytes: wish.maxOutputBytes,
  disk_mb: wish.maxDisk,
  open_files: wish.maxOpenFiles,
});

const MINUTE = 60_000;
const units = { m: MINUTE, h: 60 * MINUTE, d: 24 * 60 * MINUTE } as const;

function readExpiry(text: string, now: Date): string {
  const [, count, unit = 'd'] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const time =
    count === undefined
      ? Date.parse(/^\d{4}-/.test(text) ? text : '')
      : now.getTime() + Number(count) * units[unit as keyof typeof units];
  const date = new Date(time);
  if (date.getTime() > now.getTime()) return date.toISOString();
  throw new Refusal('invalid_input', `"${text}" is no time to come: 30d, 12h and 2027-01-31 are.`);
}

const dropUndefined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;
