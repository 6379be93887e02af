import { z } from 'zod';
import type { Environment } from './environment.ts';

/** Whether a module can be imported in an environment, and its source. */
export const importAnswerSchema = z.object({
  module: z.string(),
  available: z.boolean(),
  source: z
    .enum(['standard_library', 'package'])
    .nullable()
    .meta({ description: 'Where it comes from; `standard_library` is what the runtime brings itself.' }),
  package: z.string().nullable(),
  version: z.string().nullable(),
  error: z.string().optional(),
});
export type ImportAnswer = z.infer<typeof importAnswerSchema>;

/** Environment and package that have a module missing from a script's own. */
export interface ModuleHome {
  readonly environment: string;
  readonly package: string;
  readonly version: string;
}

type Contents = Pick<Environment, 'runtime' | 'packages' | 'broken'>;

/**
 * Looks up a module by the name that a script uses: `sklearn.svm`, `lodash/fp`, `@scope/name`.
 * @param isStandard tells whether the runtime brings a module itself.
 */
export function answerImport(
  contents: Contents,
  module: string,
  isStandard: (module: string) => boolean = () => false,
): ImportAnswer {
  const top = contents.runtime === 'python' ? (module.split('.')[0] ?? module) : packageOfSpecifier(module);
  const owner = contents.packages.find(({ imports }) => imports.includes(top));
  // The runtime's own module hides a package of the same name.
  if (isStandard(contents.runtime === 'python' ? top : module)) {
    return { module, available: true, source: 'standard_library', package: null, version: null };
  }
  const flaw = contents.broken.find((one) => one.module === top);
  return {
    module,
    available: owner !== undefined && flaw === undefined,
    source: owner === undefined ? null : 'package',
    package: owner?.name ?? null,
    version: owner?.version ?? null,
    ...(flaw === undefined ? {} : { error: flaw.error }),
  };
}

/** Returns the npm package of an import: `@scope/name` for `@scope/name/part`; Deno puts `npm:` in front. */
export function packageOfSpecifier(specifier: string): string {
  const [first = '', second] = specifier.replace(/^npm:\/?/, '').split('/');
  const name = first.startsWith('@') && second !== undefined ? `${first}/${second}` : first;
  // Deno accepts a version after the name.
  const version = name.indexOf('@', 1);
  return version < 0 ? name : name.slice(0, version);
}
