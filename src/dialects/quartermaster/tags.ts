import { environmentNameSchema, isGivenName } from '../../core/environment.ts';

/*
 * An image that a caller prebuilt is a package environment of ours. Tags may have capitals, names of environments may not: a
 * capital becomes `_` and the small letter, `_` becomes `__`.
 */

const PREFIX = 'prebuilt-';
const tagPattern = /^[\w.-]+$/;

/** As callers see it, whichever way they named it. */
export const fullTag = (tag: string): string => (tag.startsWith(PREFIX) ? tag : `${PREFIX}${tag}`);

/** Why this cannot be a tag; undefined where it can. */
export function complainAboutTag(tag: string): string | undefined {
  if (!tagPattern.test(tag)) return 'a tag has only letters, digits, "-", "_" and "."';
  if (isGivenName(nameOf(tag) ?? '')) return 'such a tag is given to what a prebuild_spec says';
  return nameOf(tag) === undefined ? 'the tag is too long: capitals and "_" count twice' : undefined;
}

/** The environment that a tag stands for; undefined where none can have it. */
export function nameOf(tag: string): string | undefined {
  if (!tagPattern.test(tag)) return undefined;
  const short = fullTag(tag).slice(PREFIX.length);
  const name = `${PREFIX}${short.replaceAll(/[A-Z_]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  return short !== '' && environmentNameSchema.safeParse(name).success ? name : undefined;
}

/** The tag of an environment; undefined for those that nobody prebuilt. */
export function tagOf(name: string): string | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  const tag = name.replaceAll(/_(.?)/g, (_pair, letter: string) => letter.toUpperCase());
  // What was built by its own name is shown only where that is the name of its tag.
  return nameOf(tag) === name ? tag : undefined;
}
