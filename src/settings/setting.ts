import { z } from 'zod';

export const seconds = z.coerce.number().positive();
export const count = z.coerce.number().int().min(1);
export const bytes = z.coerce.number().int().min(1024);
export const portNumber = z
  .string()
  .refine(
    (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
    'is no port: 1 to 65535, or 0 for a free one',
  )
  .transform(Number);
/** Words separated by commas. */
export const words = z.string().transform((text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
);
export const list = <T extends readonly [string, ...string[]]>(of: T) => words.pipe(z.array(z.enum(of)));

/** Name of a setting in another system. */
export interface Alias {
  readonly name: string;
  /** Converts its value to Brig's unit; returns undefined when it is invalid. */
  readonly convert: (text: string) => string | undefined;
  /** Description of a valid value. */
  readonly must: string;
}

export interface Setting {
  /** Name of the environment variable. */
  readonly env: string;
  readonly schema: z.ZodType;
  /** Default as written in the environment; undefined when it is determined at start. */
  readonly fallback: string | undefined;
  readonly unit: string;
  readonly help: string;
  /** Other names of the setting, tried after its own, each with its unit. */
  readonly aliases: readonly Alias[];
  /** True when the values of all its names are joined, with commas. */
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

/** Settings by name. */
export type Settings = Readonly<Record<string, Setting>>;

/** Values of settings; undefined when the default is determined at start. */
export type ValuesOf<S extends Settings> = {
  readonly [K in keyof S]: z.output<S[K]['schema']> | (S[K]['fallback'] extends string ? never : undefined);
};

export const namesOf = ({ env, aliases }: Pick<Setting, 'env' | 'aliases'>): string[] => [
  env,
  ...aliases.map(({ name }) => name),
];
