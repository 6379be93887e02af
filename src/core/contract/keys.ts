import { z } from 'zod';

/** Scopes of a key: run scripts, manage environments, use jobs, keep sessions, read metrics; `admin` allows everything. */
export const scopes = ['execute', 'environments', 'jobs', 'sessions', 'metrics', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Whether a key with scopes `held` satisfies any of `wanted`. */
export const allows = (held: readonly Scope[], wanted: readonly Scope[]): boolean =>
  held.includes('admin') || wanted.length === 0 || wanted.some((scope) => held.includes(scope));

export const keyNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'the name of a key has 1 to 64 characters: letters, digits, ".", "_" and "-", a letter or digit first',
  );

/** A key that the operator chose: printable ASCII, valid in a header. */
const ownKeySchema = z.string().regex(/^[\x21-\x7e]{8,512}$/);

/** A key in a setting, as clients send it. */
export interface OwnKey {
  readonly name: string;
  readonly key: string;
}

/** Complaints that never repeat a key, because they go to logs. */
const complaints = {
  none: 'names no key',
  shape: 'must be keys of 8 to 512 printable characters, or pairs name=key, with commas between',
  twice: 'has two keys of the same name',
} as const;

/** A trailing `=` is base64 padding of a key; any other separates a name from its key. */
function splitPair(word: string): { readonly name?: string; readonly key: string } {
  const at = word.indexOf('=');
  const key = word.slice(at + 1);
  return at < 0 || !/[^=]/.test(key) ? { key: word } : { name: word.slice(0, at), key };
}

/** Parses `key` and `name=key`; keys without a name become `key-1`, `key-2` by their position. */
export function readOwnKeys(list: readonly string[]): OwnKey[] | keyof typeof complaints {
  if (list.length === 0) return 'none';
  const keys = list.map((word, index): OwnKey => {
    const { name = `key-${index + 1}`, key } = splitPair(word);
    return { name, key };
  });
  const isWrong = ({ name, key }: OwnKey): boolean =>
    !keyNameSchema.safeParse(name).success || !ownKeySchema.safeParse(key).success;
  if (keys.some(isWrong)) return 'shape';
  return new Set(keys.map(({ name }) => name)).size === keys.length ? keys : 'twice';
}

/** Schema of the list of words in a setting. */
export const ownKeysSchema = z.array(z.string()).transform((list, context): OwnKey[] => {
  const keys = readOwnKeys(list);
  if (typeof keys !== 'string') return keys;
  context.issues.push({ code: 'custom', message: complaints[keys], input: undefined });
  return z.NEVER;
});
