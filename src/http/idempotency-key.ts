import { z } from 'zod';
import { Refusal } from '../core/refusal.ts';

export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/);

/**
 * The key that a caller chose so that a request which is sent twice runs once; undefined where there is none.
 * @throws Refusal `invalid_input` where it is malformed: dropping it in silence would run a script twice.
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || idempotencyKeySchema.safeParse(header).success) return header;
  throw new Refusal('invalid_input', 'The Idempotency-Key is malformed.', {
    suggestions: ['Send 1 to 255 printable ASCII characters, a UUID for example.'],
  });
}
