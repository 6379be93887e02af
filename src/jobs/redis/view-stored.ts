import type { Outcome, RefusalBody } from '../../core/contract/outcome.ts';
import { cancelled, expired, lost } from '../job-refusals.ts';
import { viewJob } from '../job-record.ts';
import type { Job } from '../jobs.ts';
import type { StoredJob } from './commands.ts';
import { unpackOutcome } from './pack.ts';

/** Returns a job as its owner sees it. */
export async function viewStored(job: StoredJob): Promise<Job> {
  return viewJob({ ...job, isDurable: true, outcome: await outcomeOf(job) });
}

async function outcomeOf({ state, outcome, times }: StoredJob): Promise<Outcome | RefusalBody | undefined> {
  switch (state) {
    case 'done':
      return outcome === undefined ? undefined : await unpackOutcome(outcome);
    case 'cancelled':
      return cancelled().toBody();
    case 'expired':
      return expired((times.expires - times.created) / 1000).toBody();
    case 'lost':
      return lost().toBody();
    case 'delayed':
    case 'queued':
    case 'running':
      return undefined;
  }
}
