import { errorCategories, type RefusalCategory } from './error-category.ts';
import type { RefusalBody } from './outcome.ts';

export interface RefusalDetails {
  readonly suggestions?: readonly string[];
  /** Seconds after which the same request may be retried. */
  readonly retryAfter?: number;
  readonly availableFunctions?: readonly string[];
  /** Kind of failure within the category, in a word. */
  readonly kind?: string;
  /** Overrides the category's value. */
  readonly retryable?: boolean;
  /** When what was asked for ended, with `session_lost`: ISO 8601. */
  readonly lostAt?: string;
  /** Cause for the log; never shown to a caller. */
  readonly cause?: unknown;
}

/**
 * A request that is not carried out; the message says what the caller, the operator or the machine must change first.
 * @example
 * await brig.execute({ script: '' }).catch((error: unknown) => {
 *   if (error instanceof Refusal) console.error(error.category, error.message, error.suggestions);
 * });
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly category: RefusalCategory;
  readonly suggestions: readonly string[];
  readonly retryAfter: number | undefined;
  readonly availableFunctions: readonly string[];
  readonly kind: string | undefined;
  readonly retryable: boolean;
  readonly lostAt: string | undefined;

  constructor(category: RefusalCategory, message: string, details: RefusalDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.category = category;
    this.suggestions = details.suggestions ?? [];
    this.retryAfter = details.retryAfter;
    this.availableFunctions = details.availableFunctions ?? [];
    this.kind = details.kind;
    this.lostAt = details.lostAt;
    this.retryable = details.retryable ?? errorCategories[category].retryable;
  }

  /** Returns the body with which every door answers. */
  toBody(incident?: string): RefusalBody {
    return {
      success: false,
      error: this.category,
      ...(this.kind === undefined ? {} : { error_type: this.kind }),
      message: this.message,
      suggestions: [...this.suggestions],
      retryable: this.retryable,
      available_functions: [...this.availableFunctions],
      stdout: '',
      stderr: '',
      return_code: null,
      execution: null,
      files: [],
      ...(this.lostAt === undefined ? {} : { lost_at: this.lostAt }),
      ...(incident === undefined ? {} : { incident }),
    };
  }
}
