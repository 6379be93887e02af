import { packageOfSpecifier } from '../../contract/import-answer.ts';
import type { PackageContext } from '../context.ts';
import { describeBuild } from './build-advice.ts';

/** Messages of Node, Deno and Bun about an import that was not found. */
const notFound =
  /(?:Cannot find (?:module|package)|Import|matching package for|for package) ['"](?<specifier>[^'"\n]+)['"]/i;

/** Longest specifier: names of packages have up to 214 characters, and a path in the package may follow. */
const LONGEST = 300;

/** Returns the package that a program's last words miss; undefined when it is a file, or nothing is missing. */
export function findMissingPackage(text: string): string | undefined {
  const specifier = notFound.exec(text)?.groups?.['specifier'];
  if (specifier === undefined || specifier.length > LONGEST || /^(?:[./]|(?!npm:)[a-z]+:)/i.test(specifier))
    return undefined;
  return packageOfSpecifier(specifier);
}

/** Returns suggestions about a missing package. */
export function suggestForPackage(
  text: string,
  { environment, hasPackages, findModule, canBuild }: PackageContext,
): string[] {
  if (/specifier not found in cache: "https:/i.test(text)) {
    return ['Send what is imported from another host with the request, in "files": scripts have no network'];
  }
  const name = findMissingPackage(text);
  const home = name === undefined ? undefined : findModule?.(name);
  if (home !== undefined && home.environment !== environment) {
    return [
      `The environment "${home.environment}" has ${home.package} ${home.version}: send "environment": "${home.environment}"`,
    ];
  }
  if (canBuild === true && name !== undefined && home === undefined)
    return [`The environment "${environment}" does not have ${name}: ${describeBuild(name, 'node')}`];
  if (hasPackages !== true) {
    return [
      `The environment "${environment}" has no packages${name === undefined ? '' : `, so ${name} is not there`}`,
      'Use what the runtime brings itself, or an environment that has the package',
    ];
  }
  return name === undefined || home !== undefined
    ? ['Look at what is imported: the package has no such part']
    : [`The environment "${environment}" does not have ${name}; its operator can add it`];
}
