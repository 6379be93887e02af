import { z } from 'zod';

export const seconds = z.coerce.number().positive();
export const count = z.coerce.number().int().min(1);
export const bytes = z.coerce.number().int().min(1024);
/** Words with commas between. */
export const words = z.string().transform((text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
);
export const list = <T extends readonly [string, ...string[]]>(of: T) => words.pipe(z.array(z.enum(of)));

/** Another system's name for a setting. */
export interface Alias {
  readonly name: string;
  /** What it says in our own unit; undefined where it says none. */
  readonly convert: (text: string) => string | undefined;
  /** What it must be. */
  readonly must: string;
}

export interface Setting {
  /** The environment variable. */
  readonly env: string;
  readonly schema: z.ZodType;
  /** As it would be written in the environment; undefined where it is found out at start. */
  readonly fallback: string | undefined;
  readonly unit: string;
  readonly help: string;
  /** Other names under which the same setting is known, tried after its own; with their own units where they have some. */
  readonly aliases: readonly Alias[];
  /** What all its names say counts together, with commas between. */
  readonly isJoined: boolean;
}

export const setting = <S extends z.ZodType, const F extends string | undefined>(
  env: string,
  schema: S,
  fallback: F,
  unit: string,
  help: string,
  aliases: readonly (string | Alias)[] = [],
  isJoined = false,
): Setting & { readonly schema: S; readonly fallback: F } => ({
  ...{ env, schema, fallback, unit, help, isJoined },
  aliases: aliases.map((alias) => (typeof alias === 'string' ? asItStands(alias) : alias)),
});

const asItStands = (name: string): Alias => ({ name, convert: (text) => text, must: '' });

export const namesOf = ({ env, aliases }: Pick<Setting, 'env' | 'aliases'>): string[] => [
  env,
  ...aliases.map(({ name }) => name),
];
