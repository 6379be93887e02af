import { Refusal } from '../core/contract/refusal.ts';
import type { Jobs } from './jobs.ts';

/** Jobs that are cancelled at once. */
const PART = 100;

/** Cancels all jobs of an owner that wait for their start, as those of a key that was revoked. Running ones go on. */
export async function cancelWaiting(jobs: Pick<Jobs, 'list' | 'cancel'>, owner: string): Promise<void> {
  for (const state of ['delayed', 'queued'] as const) {
    for (;;) {
      const waiting = await jobs.list(owner, { state, most: PART });
      if (waiting.length === 0) break;
      await Promise.all(waiting.map(({ id }) => jobs.cancel(owner, id).catch(unlessForgotten)));
    }
  }
}

function unlessForgotten(error: unknown): void {
  if (!(error instanceof Refusal) || error.category !== 'not_found') throw error;
}
