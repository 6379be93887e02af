import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/*
 * A key made by `brig key create` is `brig_<id>_<secret>`: the id selects its record, the secret is 256 random bits.
 * A fast hash is right for so many bits, which nobody can guess at any price; a slow one (scrypt, argon2), made for
 * passwords, would take milliseconds per request.
 */

const madePattern = /^brig_([0-9a-f]{12})_[\w-]{43}$/;

export interface Secret {
  readonly id: string;
  /** Key that the caller sends. */
  readonly key: string;
}

export function createSecret(): Secret {
  const id = randomBytes(6).toString('hex');
  return { id, key: `brig_${id}_${randomBytes(32).toString('base64url')}` };
}

/** Returns the SHA-256 of a key, the only part of it that is stored. */
export const digestKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Returns the id of a key's record; undefined for a text of another shape. The id is no secret. */
export const readId = (key: string): string | undefined => madePattern.exec(key)?.[1];

/** Compares in a time that does not depend on where they differ. */
export const isSameDigest = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
