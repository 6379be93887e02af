import type { Context } from 'hono';
import type { Outcome } from '../core/outcome.ts';
import { serializeOutcome } from '../core/serialize-outcome.ts';
import type { AppEnv } from './app-env.ts';
import { jsonType } from './headers.ts';

/** Answers with what became of an execution: 200, whatever the script did. */
export function respondOutcome(c: Context<AppEnv>, outcome: Outcome): Response {
  return c.body(serializeOutcome(outcome), 200, { 'Content-Type': jsonType });
}
