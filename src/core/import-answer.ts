import { z } from 'zod';
import type { Environment } from './environment.ts';

/** Whether a module can be imported in an environment, and whose it is. */
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

/** What has a module that a script lacks. */
export interface ModuleHome {
  readonly environment: string;
  readonly package: string;
  readonly version: string;
}

type Contents = Pick<Environment, 'runtime' | 'packages' | 'broken'>;

/**
 * Looks a module up as a script would name it: `sklearn.svm`, `lodash/fp`, `@scope/name`.
 * @param isStandard whether the runtime brings a module itself.
 */
export function answerImport(
  contents: Contents,
  module: string,
  isStandard: (module: string) => boolean = () => false,
): ImportAnswer {
  const top = contents.runtime === 'python' ? (module.split('.')[0] ?? module) : packageOfSpecifier(module);
  const owner = contents.packages.find(({ imports }) => imports.includes(top));
  // A package of the name of a standard module is never seen: the runtime's own comes first.
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

/** The package of npm that an import names: `@scope/name/part` is of `@scope/name`; Deno says `npm:` before it. */
export function packageOfSpecifier(specifier: string): string {
  const [first = '', second] = specifier.replace(/^npm:\/?/, '').split('/');
  const name = first.startsWith('@') && second !== undefined ? `${first}/${second}` : first;
  // Deno takes a version behind the name.
  const version = name.indexOf('@', 1);
  return version < 0 ? name : name.slice(0, version);
}
