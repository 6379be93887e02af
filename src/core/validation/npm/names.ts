/** Longest name of a package, by npm's rule. */
const MOST_NAME = 214;
const MOST_RANGE = 200;

const packageName = /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/i;
/** A version, a range or a tag. Addresses, paths and aliases all contain a colon or a slash. */
const range = /^[a-z0-9.^~<>=|*+ -]*$/i;

/** Whether a text is the name of a package in a registry. */
export const isPackageName = (text: string): boolean => text.length <= MOST_NAME && packageName.test(text);

/** Whether a text is a range of versions, and nothing else. */
export const isRange = (text: string): boolean => text.length <= MOST_RANGE && range.test(text);

/** Whether a text is a range, or `npm:` with another package of the registry, as in dependencies. */
export function isRangeOrAlias(text: string): boolean {
  if (!text.startsWith('npm:')) return isRange(text);
  const spec = text.slice('npm:'.length);
  const at = spec.indexOf('@', 1);
  return at < 0 ? isPackageName(spec) : isPackageName(spec.slice(0, at)) && isRange(spec.slice(at + 1));
}
