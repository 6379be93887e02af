import { z } from 'zod';
import { Refusal } from '../core/contract/refusal.ts';

export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/);

/**
 * Returns the key with which a caller makes a repeated request run once; undefined when there is none.
 * @throws Refusal `invalid_input` when it is malformed: ignoring it would run a script twice.
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || idempotencyKeySchema.safeParse(header).success) return header;
  throw new Refusal('invalid_input', 'The Idempotency-Key is malformed.', {
    suggestions: ['Send 1 to 255 printable ASCII characters, a UUID for example.'],
  });
}
