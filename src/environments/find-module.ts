import { answerImport, type ModuleHome } from '../core/contract/import-answer.ts';
import { hasPackageEnvironments, type RuntimeName } from '../core/contract/runtimes.ts';
import { usableFor } from './resolve-name.ts';
import type { VisibleDirectory } from './visible-directory.ts';

/** Runtime and environment of a script that imports a module. */
export interface Importer {
  readonly runtime: RuntimeName;
  readonly environment: string;
}

/** Returns the environment that has a module; prefers the importer's own. */
export function findModule(
  directory: VisibleDirectory,
  module: string,
  { runtime, environment }: Importer,
): ModuleHome | undefined {
  if (!hasPackageEnvironments(runtime)) return undefined;
  const rank = ({ name }: { readonly name: string }): number => (name === environment ? 0 : 1);
  const all = usableFor(directory, runtime).toSorted((one, other) => rank(one) - rank(other));
  for (const { name, manifest } of all) {
    const { available, package: owner, version } = answerImport(manifest, module);
    if (available && owner !== null) return { environment: name, package: owner, version: version ?? '' };
  }
  return undefined;
}
