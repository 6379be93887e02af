import { z } from 'zod';
import { brokenModuleSchema, installedPackageSchema } from '../core/contract/environment.ts';
import { packageRuntimes } from '../core/contract/runtimes.ts';

/** Raised when the layout of trees changes; older trees then count as built for another interpreter. */
export const MANIFEST_FORMAT = 1;

/** Description of an environment, stored beside its packages and written once. */
export const manifestSchema = z.object({
  format: z.number(),
  id: z.string().regex(/^[0-9a-f]{64}$/),
  runtime: z.enum(packageRuntimes),
  runtime_version: z.string(),
  size_bytes: z.number(),
  /** Bytes on disk in whole blocks, folders included; missing in older manifests. */
  disk_bytes: z.number().optional(),
  /** Count of files, folders and links. */
  inodes: z.number().optional(),
  /** Name of the API key that built it first; undefined for the operator. */
  owner: z.string().optional(),
  packages: z.array(installedPackageSchema),
  broken: z.array(brokenModuleSchema),
  /** File name of matplotlib's list of fonts, in the folder `.brig` of the packages. */
  fonts: z.string().nullable(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Pointer from a name to a tree; the modification time of its file is the last use. */
export const pointerSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  preload: z.array(z.string()),
  /** SHA-256 of the order that it was built from. */
  order: z.string(),
  created_at: z.string(),
  /** Name of the API key that built it; undefined for the operator. */
  owner: z.string().optional(),
  /** True when other keys may use it. */
  shared: z.boolean().optional(),
});
export type Pointer = z.infer<typeof pointerSchema>;
