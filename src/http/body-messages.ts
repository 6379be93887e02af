import type { RefusalCategory } from '../core/contract/error-category.ts';
import { Refusal } from '../core/contract/refusal.ts';

/** Question to the thread: one body in UTF-8, and the rules for it. */
export interface BodyQuestion {
  /** Name of the reader. */
  readonly reader: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly rules: unknown;
}

/** Answer of the thread. A refusal is plain data, since an error loses its class between threads. */
export type BodyAnswer =
  | { readonly value: unknown }
  | {
      readonly refusal: {
        readonly category: RefusalCategory;
        readonly message: string;
        readonly suggestions: readonly string[];
      };
    };

/** Refuses a body whose values exceed the memory or time for one. */
export const holdsTooMuch = (cause?: unknown): Refusal =>
  new Refusal('payload_too_large', 'The body holds more values than can be read.', {
    suggestions: ['Pass data as stdin, or as one string, and let the script parse it.'],
    cause,
  });
