import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';

/** Text that changes only with the service itself, and its ETag. */
export interface StableText {
  /** The text in UTF-8, encoded once: the largest has a million and a half bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

export function toStableText(text: string, type: string): StableText {
  const bytes = new TextEncoder().encode(text);
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return { bytes, type: `${type}; charset=utf-8`, etag: `"${digest}"` };
}

/** Lets caches keep an answer and revalidate it by ETag; it changes with the service and its settings. */
const REVALIDATED = 'no-cache';

export function respondText(c: Context<AppEnv>, { bytes, type, etag }: StableText): Response {
  return c.body(bytes, 200, { 'Content-Type': type, 'Cache-Control': REVALIDATED, ETag: etag });
}

/** Headers that a 304 keeps. */
export const retainedHeaders = [
  'access-control-allow-origin',
  'access-control-expose-headers',
  'cache-control',
  'content-security-policy',
  'cross-origin-resource-policy',
  'etag',
  'ratelimit',
  'ratelimit-policy',
  'traceparent',
  'vary',
  'x-content-type-options',
  'x-request-id',
];
