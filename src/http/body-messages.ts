import type { RefusalCategory } from '../core/error-category.ts';
import { Refusal } from '../core/refusal.ts';

/** What the thread is asked: one body, in UTF-8, and the rules that hold for it. */
export interface BodyQuestion {
  /** The name of what reads it. */
  readonly reader: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly rules: unknown;
}

/** What it answers; a refusal as data, since an error loses its class on the way. */
export type BodyAnswer =
  | { readonly value: unknown }
  | {
      readonly refusal: {
        readonly category: RefusalCategory;
        readonly message: string;
        readonly suggestions: readonly string[];
      };
    };

/** Of a body whose values take more memory, or time, than there is for one. */
export const holdsTooMuch = (cause?: unknown): Refusal =>
  new Refusal('payload_too_large', 'The body holds more values than can be read.', {
    suggestions: ['Pass data as stdin, or as one string, and let the script parse it.'],
    cause,
  });
