import { z } from 'zod';

/** What a key may do: run scripts, manage environments, use jobs; `admin` may do everything. */
export const scopes = ['execute', 'environments', 'jobs', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Whether a key with `held` may do what any one of `wanted` allows. */
export const allows = (held: readonly Scope[], wanted: readonly Scope[]): boolean =>
  held.includes('admin') || wanted.length === 0 || wanted.some((scope) => held.includes(scope));

export const keyNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'the name of a key has 1 to 64 characters: letters, digits, ".", "_" and "-", a letter or digit first',
  );

/** A key of the operator's own choice: printable ASCII, as a header can carry it. */
const ownKeySchema = z.string().regex(/^[\x21-\x7e]{8,512}$/);

/** A key that a setting holds, as it is sent. */
export interface OwnKey {
  readonly name: string;
  readonly key: string;
}

/** What can be wrong with them never says what they are: it goes to logs. */
const complaints = {
  none: 'names no key',
  shape: 'must be keys of 8 to 512 printable characters, or pairs name=key, with commas between',
  twice: 'has two keys of the same name',
} as const;

/** `=` at the end of a key is the padding of its base64; any other parts a name from its key. */
function splitPair(word: string): { readonly name?: string; readonly key: string } {
  const at = word.indexOf('=');
  const key = word.slice(at + 1);
  return at < 0 || !/[^=]/.test(key) ? { key: word } : { name: word.slice(0, at), key };
}

/** Reads `key` and `name=key`; keys without a name are called `key-1`, `key-2` by their place. */
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

/** Of words, as a setting lists them. */
export const ownKeysSchema = z.array(z.string()).transform((list, context): OwnKey[] => {
  const keys = readOwnKeys(list);
  if (typeof keys !== 'string') return keys;
  context.issues.push({ code: 'custom', message: complaints[keys], input: undefined });
  return z.NEVER;
});
