import type { RefusalCategory } from '../core/error-category.ts';
import type { GenerateRequest } from '../core/generation/generate-request.ts';
import type { ExecuteRequest } from '../core/request.ts';
import type { GenerationRules } from '../core/validation/read-generate-request.ts';
import type { RequestRules } from '../core/validation/validate-request.ts';

/** What the thread is asked: one body, in UTF-8, and the rules that hold for it. */
export interface BodyQuestion {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly rules: RequestRules | GenerationRules;
}

/** What it answers; a refusal as data, since an error loses its class on the way. */
export type BodyAnswer =
  | { readonly request: ExecuteRequest | GenerateRequest }
  | {
      readonly refusal: {
        readonly category: RefusalCategory;
        readonly message: string;
        readonly suggestions: readonly string[];
      };
    };
