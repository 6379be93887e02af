import { Refusal } from '../core/refusal.ts';
import type { Executor } from '../executor/executor.ts';

/** A model that is paid for writes nothing for a sandbox that cannot run it. */
export function refuseWhereNothingRuns(executor: Pick<Executor, 'health'>): void {
  const { status, reason } = executor.health();
  if (status === 'healthy') return;
  throw new Refusal('sandbox_unavailable', reason ?? 'No script can run now.', {
    retryAfter: 15,
    suggestions: ['GET /health says more.'],
  });
}
