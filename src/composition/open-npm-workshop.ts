import { Refusal } from '../core/contract/refusal.ts';
import type { NpmRuntime } from '../core/contract/runtimes.ts';
import type { Workshop } from '../environments/workshop.ts';
import { findNpm } from '../runtimes/npm.ts';
import type { RuntimeRegistry } from '../runtimes/registry.ts';
import { ToolchainMissing, type RuntimePaths } from '../runtimes/runtime.ts';
import { createNpmBuilder } from '../sandbox/nsjail/build/npm-builder.ts';
import type { NsjailHost } from '../sandbox/nsjail/host.ts';
import type { RootImage } from '../sandbox/nsjail/image/image-store.ts';
import type { ImageRecipe } from '../sandbox/image-recipe.ts';

export interface NpmWorkshopOptions {
  readonly runtimes: Pick<RuntimeRegistry, 'open'>;
  readonly host: NsjailHost;
  readonly paths: RuntimePaths;
  /** Returns the image of a jail, prepared or newly made. @throws JailFailure */
  readonly provideImage: (recipe: ImageRecipe | undefined) => Promise<RootImage>;
}

/**
 * Opens jails in which npm packages are installed and tried for a runtime. npm itself always runs in Node.
 * @throws Refusal when the runtime or npm is missing; JailFailure when jails cannot be made.
 */
export async function openNpmWorkshop(
  name: NpmRuntime,
  { runtimes, host, paths, provideImage }: NpmWorkshopOptions,
): Promise<Workshop> {
  const runtime = await runtimes.open(name);
  const { node, folder, recipe } = await findNpm(paths).catch((error: unknown) => {
    if (!(error instanceof ToolchainMissing)) throw error;
    throw new Refusal('invalid_input', error.message, { suggestions: [`For the operator: ${error.remedy}`] });
  });
  const image = await provideImage(recipe);
  const parts = { image, node, npm: folder, runtimeVersion: runtime.version };
  return {
    // Fresh, because no warm jail serves packages under test: these move into place or are removed.
    sandbox: runtime.fresh,
    plan: (limits) => runtime.plan(limits, true),
    builder: createNpmBuilder(host, parts),
  };
}
