import { environmentNameSchema, isGivenName } from '../../core/contract/environment.ts';

/*
 * An image that a caller prebuilt is a package environment of Brig. Tags may have capitals, names of environments may
 * not: a capital becomes `_` and the small letter, `_` becomes `__`.
 */

const PREFIX = 'prebuilt-';
const tagPattern = /^[\w.-]+$/;

/** Returns the full tag, however the caller named it. */
export const fullTag = (tag: string): string => (tag.startsWith(PREFIX) ? tag : `${PREFIX}${tag}`);

/** Returns the reason why a text cannot be a tag; undefined when it can. */
export function complainAboutTag(tag: string): string | undefined {
  if (!tagPattern.test(tag)) return 'a tag has only letters, digits, "-", "_" and "."';
  if (isGivenName(nameOf(tag) ?? '')) return 'such a tag is given to what a prebuild_spec says';
  return nameOf(tag) === undefined ? 'the tag is too long: capitals and "_" count twice' : undefined;
}

/** Returns the name of the environment of a tag; undefined when no environment can have it. */
export function nameOf(tag: string): string | undefined {
  if (!tagPattern.test(tag)) return undefined;
  const short = fullTag(tag).slice(PREFIX.length);
  const name = `${PREFIX}${short.replaceAll(/[A-Z_]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  return short !== '' && environmentNameSchema.safeParse(name).success ? name : undefined;
}

/** Returns the tag of an environment; undefined for one that was not prebuilt. */
export function tagOf(name: string): string | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  const tag = name.replaceAll(/_(.?)/g, (_pair, letter: string) => letter.toUpperCase());
  // An environment built under its own name has a tag only if the tag leads back to that name.
  return nameOf(tag) === name ? tag : undefined;
}
