import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/*
 * An id is proof that a session was once opened for an owner, so that its end can be told even when the service was
 * started anew or has forgotten it: the time, random bytes, and a code of both and the owner.
 */
const TIME_BYTES = 6;
const RANDOM_BYTES = 16;
const CODE_BYTES = 16;
const ID_BYTES = TIME_BYTES + RANDOM_BYTES + CODE_BYTES;
const SECRET_BYTES = 32;

export interface SessionIds {
  create(owner: string, now: number): string;
  /** Returns when an id was made for an owner; undefined when it was not. */
  read(owner: string, id: string): number | undefined;
}

export function createSessionIds(secret: Uint8Array): SessionIds {
  const code = (owner: string, head: Uint8Array): Buffer =>
    createHmac('sha256', secret).update(head).update(owner).digest().subarray(0, CODE_BYTES);
  return {
    create: (owner, now) => {
      const head = Buffer.concat([Buffer.alloc(TIME_BYTES), randomBytes(RANDOM_BYTES)]);
      head.writeUIntBE(Math.floor(now), 0, TIME_BYTES);
      return Buffer.concat([head, code(owner, head)]).toString('base64url');
    },
    read: (owner, id) => {
      const bytes = Buffer.from(id, 'base64url');
      if (bytes.length !== ID_BYTES || bytes.toString('base64url') !== id) return undefined;
      const head = bytes.subarray(0, TIME_BYTES + RANDOM_BYTES);
      const isOurs = timingSafeEqual(bytes.subarray(head.length), code(owner, head));
      return isOurs ? head.readUIntBE(0, TIME_BYTES) : undefined;
    },
  };
}

/**
 * Reads the secret of ids, which stays when the service is started anew; makes it where there is none. One that cannot
 * be kept is new at each start: ids of before are then unknown.
 */
export function provideSecret(file: string): Uint8Array {
  const fresh = randomBytes(SECRET_BYTES);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, fresh, { flag: 'wx', mode: 0o600 });
    return fresh;
  } catch {
    return readSecret(file) ?? fresh;
  }
}

function readSecret(file: string): Uint8Array | undefined {
  try {
    const kept = readFileSync(file);
    // A shorter one was half written by a service that was killed.
    return kept.length === SECRET_BYTES ? kept : undefined;
  } catch {
    return undefined;
  }
}
