import type { RefusalCategory } from '../core/contract/error-category.ts';

/**
 * HTTP status of each refusal. A failed script is no refusal: its answer is always a 200, as is that of a job that did
 * not run.
 */
export const errorStatus = {
  invalid_input: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  busy: 409,
  session_lost: 410,
  payload_too_large: 413,
  rate_limited: 429,
  internal_error: 500,
  cancelled: 200,
  expired: 200,
  lost: 200,
  bad_gateway: 502,
  overloaded: 503,
  sandbox_unavailable: 503,
  unavailable: 503,
} as const satisfies Record<RefusalCategory, number>;

/** More specific statuses than the category's; the body's category is `invalid_input`. */
export type SpecialStatus = 405 | 408 | 415 | 431;
export type RefusalStatus = (typeof errorStatus)[RefusalCategory] | SpecialStatus;
