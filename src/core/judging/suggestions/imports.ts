import { movedModules } from './known-names.ts';
import { nearest } from '../../text/nearest.ts';
import type { PackageContext } from '../context.ts';
import { describeBuild } from './build-advice.ts';
import { adviseToWait, isComing } from './coming.ts';
import { commonOwnModules, networkModules } from './module-names.ts';
import { noNetwork } from './network.ts';
import { isKnownPackage, moduleOf, packageOf, standardAlternative } from './package-names.ts';

/** Names the package that would bring a missing module; empty for a module that exists. */
export function describeAbsence(module: string, context: PackageContext): string[] {
  const { environment, hasPackages, findModule, canBuild } = context;
  const home = findModule?.(module);
  if (home?.environment === environment) return [];
  if (home !== undefined) {
    const what = [home.package, home.version].join(' ').trim();
    return [
      `The environment "${home.environment}" has ${module} (${what}): send "environment": "${home.environment}"`,
    ];
  }
  const name = packageOf(module);
  const brought = name === module ? module : `${module} (package ${name})`;
  if (isComing(module, context)) return [adviseToWait(brought, context)];
  if (canBuild === true) {
    return [`The environment "${environment}" does not have ${brought}: ${describeBuild(name)}`];
  }
  return hasPackages === true
    ? [`The environment "${environment}" does not have ${brought}; its operator can add it`]
    : [`The environment "${environment}" has the standard library only, so ${brought} is not there`];
}

/** A module that was not found. */
interface MissingModule {
  readonly name: string;
  /** Package that should have it, when the package exists. */
  readonly of?: string | undefined;
  /** Existing modules: of that package, else top-level ones. */
  readonly candidates: readonly string[];
}

/** Returns suggestions for a ModuleNotFoundError. */
export function suggestForModule(missing: MissingModule, context: PackageContext): string[] {
  const { name, of, candidates } = missing;
  if (of !== undefined) return suggestForPart(name.slice(of.length + 1), of, candidates);
  const [top = name, ...rest] = name.split('.');
  if (top === 'pip') return ['Leave pip out: packages come with the environment, and it installs none here'];
  const moved = movedModules.get(top);
  if (moved !== undefined) return [`Use ${moved} instead: this Python has no ${top}`];
  if (rest.length > 0 && candidates.includes(top)) return suggestForPart(rest.join('.'), top, []);
  const module = moduleOf(top);
  if (module !== undefined) {
    return [
      `Write \`import ${module}\`: the package ${packageOf(module)} is imported by this name`,
      ...describeAbsence(module, context),
    ];
  }
  const [like] = isKnownPackage(top) ? [] : nearest(top, candidates.filter(isPublic), 1);
  const absence = describeAbsence(top, context);
  if (absence.length === 0)
    return [`Leave sys.path as it is: the environment "${context.environment}" has ${top}`];
  if (isComing(top, context)) return absence;
  const own = suggestOwnModule(top, context);
  const isSent = context.givenFiles?.includes(`${like}.py`) === true;
  // Nobody publishes a package with such a name for others.
  if (!isSent && own.length > 0 && commonOwnModules.has(top)) return own;
  if (like !== undefined) {
    // A misspelt name must not be built: somebody else may have published a package by it.
    return [`Did you mean \`import ${like}\`?`, ...describeAbsence(top, { ...context, canBuild: false })];
  }
  if (networkModules.has(top) && context.offersNetwork !== true)
    return [noNetwork(`, so ${top} reaches nothing`), ...absence];
  return [...absence, ...suggestAlternative(top), ...own];
}

/** Returns suggestions for a missing module of an existing package. */
function suggestForPart(part: string, of: string, candidates: readonly string[]): string[] {
  const [like] = nearest(part, candidates, 1);
  return [
    ...(like === undefined ? [] : [`Did you mean \`import ${of}.${like}\`?`]),
    `Look up the module's name: ${of} is there, and has no module "${part}"`,
  ];
}

const isPublic = (module: string): boolean => !module.startsWith('_');

/** Returns the modules of the standard library that do much of what a package does. */
function suggestAlternative(module: string): string[] {
  const alternative = standardAlternative(module);
  return alternative === undefined ? [] : [`Use ${alternative} of the standard library instead`];
}

/** Returns the way to a module of the caller's own; empty for a known package. */
function suggestOwnModule(module: string, { givenFiles = [] }: PackageContext): string[] {
  const sent = givenFiles.find(
    (path) => path.endsWith(`/${module}.py`) || path.endsWith(`/${module}/__init__.py`),
  );
  if (sent !== undefined) {
    const folder = sent.slice(0, sent.lastIndexOf(`/${module}`));
    return [
      `Write \`from ${folder.replaceAll('/', '.')} import ${module}\`: ${JSON.stringify(sent)} came with the request`,
    ];
  }
  if (isKnownPackage(module)) return [];
  return [
    `Send the file with the request: "files": [{"path": "${module}.py", "content": …}], if ${module} is a module of your own`,
  ];
}
