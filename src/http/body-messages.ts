import type { RefusalCategory } from '../core/error-category.ts';
import type { ExecuteRequest } from '../core/request.ts';
import type { RequestRules } from '../core/validation/validate-request.ts';

/** What the thread is asked: one body, in UTF-8, and the rules that hold for it. */
export interface BodyQuestion {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly rules: RequestRules;
}

/** What it answers; a refusal as data, since an error loses its class on the way. */
export type BodyAnswer =
  | { readonly request: ExecuteRequest }
  | {
      readonly refusal: {
        readonly category: RefusalCategory;
        readonly message: string;
        readonly suggestions: readonly string[];
      };
    };
