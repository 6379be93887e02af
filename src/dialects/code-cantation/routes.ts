import { Hono } from 'hono';
import { Refusal } from '../../core/contract/refusal.ts';
import type { AppEnv } from '../../http/app-env.ts';
import { orderOf } from '../../http/caller.ts';
import type { DialectOptions } from '../dialect-options.ts';
import { createOneAtATime } from '../common/one-at-a-time.ts';
import { readForeignBody } from '../common/read-body.ts';
import { respondDetail, respondForeignRefusal, respondMembers } from '../common/respond.ts';
import { answerRoot } from './answer.ts';
import { planRoot } from './plan-root.ts';
import { cantationReader } from './read-body.ts';
import { runCantation } from './run.ts';

/** Maximum number of requests of all callers that wait for an earlier request of their own caller. */
const MOST_WAITING = 100;

export interface CantationOptions extends DialectOptions {
  /** Package environment of the code; undefined for the default one. */
  readonly environment?: string | undefined;
}

/** Creates the routes of Code Cantation's server. */
export function createCantation(options: CantationOptions): Hono<AppEnv> {
  const { executor, environment } = options;
  const oneAtATime = createOneAtATime(MOST_WAITING);
  return new Hono<AppEnv>().post('/execute', async (c) => {
    const body = await readForeignBody(c, cantationReader, options);
    if ('issues' in body) return respondDetail(c, 422, body.issues);
    const order = body.value;
    const plan = planRoot(order.allowedRoot, order.workDir);
    if ('error' in plan) return respondMembers(c, { ...answerRoot(plan.error) });
    const run = orderOf(c);
    try {
      const answer = await oneAtATime.enter(
        run.caller.queueKey,
        () => runCantation(executor, order, { environment, root: plan.root }, run),
        run.signal,
      );
      return await respondMembers(c, { ...answer });
    } catch (error) {
      if (!(error instanceof Refusal) || error.category !== 'overloaded') throw error;
      // Its protocol has one answer for a full server, whichever queue is full.
      return respondForeignRefusal(c, error, { status: 429, detail: 'Server busy, try later' });
    }
  });
}
