import { movedModules } from './known-names.ts';
import { nearest } from '../nearest.ts';
import type { ClassifyContext } from '../verdict/outcome-shape.ts';
import { isKnownPackage, packageOf, standardAlternative } from './package-names.ts';

/** Where the module that is missing would have to be: every environment has the standard library only. */
export function describeEnvironment(
  module: string,
  { environment }: Pick<ClassifyContext, 'environment'>,
): string {
  const name = packageOf(module);
  const brought = name === module ? module : `${module} (package ${name})`;
  return `The environment "${environment}" has the standard library only, so ${brought} is not there`;
}

/** For a ModuleNotFoundError. `standard` holds the names of the standard library's modules. */
export function suggestForModule(
  missing: { readonly name: string; readonly candidates: readonly string[] },
  context: Pick<ClassifyContext, 'environment'>,
): string[] {
  const { name, candidates: standard } = missing;
  const [top = name, ...rest] = name.split('.');
  const moved = movedModules.get(top);
  if (moved !== undefined) return [`Use ${moved} instead: this Python has no ${top}`];
  if (rest.length > 0 && standard.includes(top)) {
    return [`Look up the module's name: ${top} is there, and has no module "${rest.join('.')}"`];
  }
  const [like] = isKnownPackage(top) ? [] : nearest(top, standard.filter(isPublic), 1);
  const there = describeEnvironment(top, context);
  return like === undefined ? [there, suggestAlternative(top)] : [`Did you mean \`import ${like}\`?`, there];
}

const isPublic = (module: string): boolean => !module.startsWith('_');

function suggestAlternative(module: string): string {
  const alternative = standardAlternative(module);
  return alternative === undefined
    ? 'Use the standard library instead, or put the code that is needed into the script'
    : `Use ${alternative} of the standard library instead`;
}
