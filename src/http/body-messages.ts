import type { RefusalCategory } from '../core/error-category.ts';
import type { BodyReaderName, BodyRules, BodyValue } from './body-readers.ts';

/** What the thread is asked: one body, in UTF-8, and the rules that hold for it. */
export interface BodyQuestion {
  readonly reader: BodyReaderName;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly rules: BodyRules<BodyReaderName>;
}

/** What it answers; a refusal as data, since an error loses its class on the way. */
export type BodyAnswer =
  | { readonly value: BodyValue<BodyReaderName> }
  | {
      readonly refusal: {
        readonly category: RefusalCategory;
        readonly message: string;
        readonly suggestions: readonly string[];
      };
    };
