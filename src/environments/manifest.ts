import { z } from 'zod';
import { brokenModuleSchema, installedPackageSchema } from '../core/environment.ts';
import { packageRuntimes } from '../core/runtimes.ts';

/** Raised whenever trees are laid out differently: older ones then count as built for another interpreter. */
export const MANIFEST_FORMAT = 1;

/** What lies beside the packages of an environment and describes them; written once. */
export const manifestSchema = z.object({
  format: z.number(),
  id: z.string().regex(/^[0-9a-f]{64}$/),
  runtime: z.enum(packageRuntimes),
  runtime_version: z.string(),
  size_bytes: z.number(),
  /** What it takes of a disk, in whole blocks, folders included; missing in older ones. */
  disk_bytes: z.number().optional(),
  /** Files, folders and links. */
  inodes: z.number().optional(),
  /** The key that built it first; the operator where there is none. */
  owner: z.string().optional(),
  packages: z.array(installedPackageSchema),
  broken: z.array(brokenModuleSchema),
  /** Name of matplotlib's list of fonts in the folder `.brig` of the packages. */
  fonts: z.string().nullable(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** A name points at a tree; the file's modification time is its last use. */
export const pointerSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  preload: z.array(z.string()),
  /** SHA-256 of what it was built from. */
  order: z.string(),
  created_at: z.string(),
  /** The key that built it; the operator where there is none. */
  owner: z.string().optional(),
  /** Whether others may use it. */
  shared: z.boolean().optional(),
});
export type Pointer = z.infer<typeof pointerSchema>;
