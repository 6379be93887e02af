import type { Context } from 'hono';
import type { AppEnv } from '../../http/app-env.ts';
import type { BodyThread } from '../../http/body-thread.ts';
import type { BodyReader } from '../../http/body-reader.ts';
import { askingOf, identifyCaller } from '../../http/caller.ts';
import type { Caller } from '../../core/contract/caller.ts';
import { narrowPolicy } from '../../core/contract/limits.ts';
import { isSmallBody } from '../../http/body-size.ts';
import { readBody } from '../../http/read-body.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import { notAnObject, type ForeignBody } from './read-foreign.ts';

/** Reads the body as FastAPI does: a body with another media type than JSON is a text, which fits no model. */
export async function readForeignBody<T>(
  c: Context<AppEnv>,
  reader: BodyReader<ForeignBody<T>, RequestRules>,
  { bodyThread, rules: usual, bodyBytes }: ForeignBodyOptions,
  mostBytes = bodyBytes,
): Promise<ForeignBody<T>> {
  const rules = narrowRules(usual, identifyCaller(c));
  const body = await readBody(c, mostBytes);
  if (!saysJson(c) && body.length > 0) return notAnObject;
  if (!isSmallBody(body)) return bodyThread.read(reader, body, rules, askingOf(c));
  return reader.read(body, rules);
}

/** Narrows the rules to a caller, whose key may have ceilings of its own. */
export const narrowRules = (rules: RequestRules, { ceilings }: Caller): RequestRules => ({
  ...rules,
  policy: narrowPolicy(rules.policy, ceilings),
});

export interface ForeignBodyOptions {
  readonly bodyThread: BodyThread;
  readonly rules: RequestRules;
  /** Maximum bytes of a body. */
  readonly bodyBytes: number;
}

/**
 * Requires a media type, like FastAPI's `strict_content_type`: any page can make a browser send a body without one.
 */
function saysJson(c: Context<AppEnv>): boolean {
  const [media = ''] = (c.req.header('content-type') ?? '').toLowerCase().split(';', 1);
  const type = media.trim();
  return type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'));
}
