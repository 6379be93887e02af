import { movedModules } from './known-names.ts';
import { nearest } from '../nearest.ts';
import type { ClassifyContext } from '../verdict/outcome-shape.ts';
import { isKnownPackage, packageOf, standardAlternative } from './package-names.ts';

type Surroundings = Pick<ClassifyContext, 'environment' | 'hasPackages' | 'findModule'>;

/** Whether the module that is missing could be there at all, and by which package. */
export function describeEnvironment(
  module: string,
  { environment, hasPackages, findModule }: Surroundings,
): string {
  const home = findModule?.(module);
  if (home !== undefined && home.environment !== environment) {
    const what = [home.package, home.version].join(' ').trim();
    return `The environment "${home.environment}" has ${module} (${what}): send "environment": "${home.environment}"`;
  }
  const name = packageOf(module);
  const brought = name === module ? module : `${module} (package ${name})`;
  if (hasPackages === true)
    return `The environment "${environment}" does not have ${brought}; its operator can add it`;
  return `The environment "${environment}" has the standard library only, so ${brought} is not there`;
}

/** For a ModuleNotFoundError. `standard` holds the names of the standard library's modules. */
export function suggestForModule(
  missing: { readonly name: string; readonly candidates: readonly string[] },
  context: Surroundings,
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
