import { Refusal } from '../core/contract/refusal.ts';
import type { Executor } from '../executor/executor.ts';

/** Refuses when no script can run, so that no paid call of the model is wasted. */
export function refuseWhereNothingRuns(executor: Pick<Executor, 'health'>): void {
  const { status, reason } = executor.health();
  if (status === 'healthy') return;
  throw new Refusal('sandbox_unavailable', reason ?? 'No script can run now.', {
    retryAfter: 15,
    suggestions: ['GET /health says more.'],
  });
}
