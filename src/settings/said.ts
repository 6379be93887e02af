import type { Setting } from './setting.ts';

/** Value of a setting in one variable. */
export interface Said {
  readonly name: string;
  readonly value: string;
  /** In the setting's own unit; undefined when it cannot be read. */
  readonly text: string | undefined;
  readonly must: string;
}

/** Returns the first name of a setting that is set, or all of them when their values are joined. */
export function findSaid(
  { env: own, aliases, isJoined }: Setting,
  env: Readonly<Record<string, string | undefined>>,
): readonly Said[] {
  const all = [{ name: own, convert: (text: string) => text, must: '' }, ...aliases].flatMap(
    ({ name, convert, must }): Said[] => {
      const value = env[name];
      return isSet(value) ? [{ name, value, text: convert(value), must }] : [];
    },
  );
  return isJoined ? all : all.slice(0, 1);
}

export const isSet = (text: string | undefined): text is string => text !== undefined && text !== '';
