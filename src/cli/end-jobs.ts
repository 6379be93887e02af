import type { Logger } from 'pino';
import { cancelWaiting } from '../jobs/cancel-waiting.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { KeysEvent } from '../keys/open-keys.ts';

/** Sees that whoever may submit no jobs any more has none that start later. Never rejects. */
export async function endJobsOf(event: KeysEvent, jobs: Jobs | undefined, logger: Logger): Promise<void> {
  if (event.type !== 'keys_changed' || jobs === undefined) return;
  for (const owner of event.gone) {
    await cancelWaiting(jobs, owner).catch((error: unknown) =>
      logger.error({ err: error, owner }, 'jobs of a revoked key could not be cancelled'),
    );
  }
}
