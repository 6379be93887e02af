import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageRuntime } from '../core/contract/runtimes.ts';
import type { Draft } from './drafts.ts';
import type { Findings } from './inspect.ts';
import { MANIFEST_FORMAT, type Manifest } from './manifest.ts';
import { OWN_FOLDER, type ReceivedTree } from './receive-tree.ts';

/** Describes a tree whose imports were tried. */
export function toManifest(
  { digest, bytes, disk }: ReceivedTree,
  findings: Findings,
  runtime: { readonly name: PackageRuntime; readonly version: string },
): Manifest {
  const loose = findings.loose.map((module) => ({ name: module, version: '', imports: [module] }));
  return {
    ...{
      format: MANIFEST_FORMAT,
      id: toId(digest, runtime.name),
      runtime: runtime.name,
      runtime_version: runtime.version,
      size_bytes: bytes,
      disk_bytes: disk.bytes + (findings.fonts?.text.length ?? 0),
      inodes: disk.inodes,
    },
    ...{
      packages: [...findings.packages, ...loose],
      broken: findings.broken,
      fonts: findings.fonts?.name ?? null,
    },
  };
}

/**
 * Derives the id of a tree. It includes the runtime, because the manifest belongs to the tree and differs between
 * runtimes.
 */
const toId = (digest: string, runtime: PackageRuntime): string =>
  runtime === 'python' ? digest : createHash('sha256').update(`${runtime}\n${digest}`).digest('hex');

export async function keepFonts({ packages }: Draft, { fonts }: Findings): Promise<void> {
  if (fonts === null) return;
  await mkdir(join(packages, OWN_FOLDER), { recursive: true, mode: 0o755 });
  await writeFile(join(packages, OWN_FOLDER, fonts.name), fonts.text, { flag: 'wx', mode: 0o644 });
}
