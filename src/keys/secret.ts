import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/*
 * A key that `brig key create` makes is `brig_<id>_<secret>`: the id finds its record, the secret is 256 random bits.
 * Of so many bits a fast hash is right: nobody can try them out, whatever the hash costs, while a slow one (scrypt, argon2),
 * made for passwords, would cost each request milliseconds.
 */

const madePattern = /^brig_([0-9a-f]{12})_[\w-]{43}$/;

export interface Secret {
  readonly id: string;
  /** What the caller sends. */
  readonly key: string;
}

export function createSecret(): Secret {
  const id = randomBytes(6).toString('hex');
  return { id, key: `brig_${id}_${randomBytes(32).toString('base64url')}` };
}

/** SHA-256 of a key: all that is kept of it. */
export const digestKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Which record a key speaks of; undefined for what has not the shape of one that was made. The id is no secret. */
export const readId = (key: string): string | undefined => madePattern.exec(key)?.[1];

/** In a time that does not depend on where they differ. */
export const isSameDigest = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
