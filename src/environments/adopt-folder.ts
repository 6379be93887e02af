import { MIB } from '../core/contract/limits.ts';
import { BuildFailure } from './build-failure.ts';
import { keepFonts, toManifest } from './manifest-of-tree.ts';
import { defaultBuild } from './default-build.ts';
import { digestOrder, toOrder } from './orders.ts';
import { storeFull, type BuildLimits } from './limits.ts';
import { importFolder } from './import-folder.ts';
import { findingsSchema, readInspection, requireImports } from './inspect.ts';
import type { Manifest } from './manifest.ts';
import type { EnvironmentStore } from './store.ts';

export interface AdoptOptions extends Pick<BuildLimits, 'storeMb' | 'storeFiles'> {
  readonly runtimeVersion: string;
  /** Runs the host's interpreter. */
  readonly runPython: (args: readonly string[]) => Promise<{ ok: boolean; stdout: string; stderr: string }>;
}

/**
 * Makes a folder, installed from its lock file, the default environment where no jail can start, as in the build of a
 * container image. Tries the imports on this machine instead of in a jail, so the packages must be trusted.
 *
 * @throws BuildFailure
 */
export async function adoptFolder(
  store: EnvironmentStore,
  folder: string,
  { runtimeVersion, runPython, ...limits }: AdoptOptions,
): Promise<Manifest> {
  const request = await defaultBuild();
  await using draft = await store.createDraft();
  const tree = await importFolder(folder, draft.packages, {
    ...{ bytes: limits.storeMb * MIB, inodes: limits.storeFiles },
    exceed: () => storeFull(limits),
  });
  const { ok, stdout, stderr } = await runPython([
    '-I',
    '-B',
    '-c',
    await inspectionProgram(),
    draft.packages,
    ...request.preload,
  ]);
  const findings = ok ? findingsSchema.safeParse(JSON.parse(stdout)).data : undefined;
  if (findings === undefined) {
    throw new BuildFailure(
      'import_failed',
      `The packages could not be looked at: ${stderr.trim().slice(-500)}`,
    );
  }
  requireImports(findings, [], request.preload);
  await keepFonts(draft, findings);
  const manifest = toManifest(tree, findings, { name: 'python', version: runtimeVersion });
  await store.keepTree(draft, manifest);
  const order = digestOrder(toOrder(request));
  await store.point(request.name, {
    ...{ id: manifest.id, preload: request.preload, order, created_at: new Date().toISOString() },
  });
  return manifest;
}

/** Returns a Python program whose arguments are a folder of packages and modules to import. Prints findings as JSON. */
export async function inspectionProgram(): Promise<string> {
  const inspection = await readInspection();
  return `${inspection}\nimport json\nSITE = sys.argv[1]\nsys.path.append(SITE)\nprint(json.dumps(main(sys.argv[2:])))\n`;
}
