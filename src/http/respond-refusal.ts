import type { Context } from 'hono';
import { errorStatus, type RefusalStatus } from './error-status.ts';
import { jsonType } from './headers.ts';
import type { Refusal } from '../core/contract/refusal.ts';
import type { AppEnv } from './app-env.ts';

export interface RefusalExtras {
  /** A more specific status than the category's. */
  readonly status?: RefusalStatus;
  readonly incident?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a refused request. */
export function respondRefusal(
  c: Context<AppEnv>,
  refusal: Refusal,
  { status = errorStatus[refusal.category], incident, headers = {} }: RefusalExtras = {},
): Response {
  c.set('refusal', refusal);
  return c.body(JSON.stringify(refusal.toBody(incident)), status, {
    'Content-Type': jsonType,
    ...retryHeaders(refusal),
    ...headers,
  });
}

/** Returns `Retry-After`; a full service defaults to one second. */
export function retryHeaders({ category, retryAfter }: Refusal): Record<string, string> {
  const seconds = retryAfter ?? (category === 'overloaded' ? 1 : undefined);
  return seconds === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };
}
