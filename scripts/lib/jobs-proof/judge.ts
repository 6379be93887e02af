import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal } from '../../../src/core/contract/jobs/job-state.ts';
import type { Job, JobLogEvent } from '../../../src/jobs/jobs.ts';
import type { Doors } from './doors.ts';
import { checkEvents, type History, type Known } from './history.ts';
import { insist, type Load, type ProofOptions } from './load.ts';

/** Waits for the end of all jobs, and checks the events of each; returns the ends by id. */
export async function awaitAll(
  doors: Doors,
  known: ReadonlyMap<string, Known>,
  history: History,
  { onProgress }: ProofOptions,
): Promise<Map<string, Job>> {
  const ends = new Map<string, Job>();
  const state: Load = { isLoaded: false, reads: 0, refusals: 0, redis: 0 };
  const signal = AbortSignal.timeout(10 * 60_000);
  for (const [name, one] of known) {
    const [owner = ''] = name.split(' ');
    const wait = (): Promise<Job> => doors.any().wait(owner, one.id, { seconds: 300, signal });
    let job = await insist(state, wait);
    for (let tries = 0; one.hasWebhook && job.webhook?.state === 'pending' && tries < 2000; tries += 1) {
      await sleep(100);
      job = await insist(state, () => doors.any().get(owner, one.id));
    }
    history.see(job);
    if (!isFinal(job.state)) history.complaints.push(`${one.id} never ended: ${job.state}`);
    ends.set(one.id, job);
    const events: JobLogEvent[] = [];
    for await (const event of doors.any().watch(owner, one.id, 0, signal)) events.push(event);
    history.complaints.push(...checkEvents(one, events));
    if (ends.size % 1000 === 0) onProgress?.(`${ends.size} jobs have ended`);
  }
  return ends;
}

/** Returns the number of starts by id. */
export function countStarts(journal: string): Map<string, number> {
  const starts = new Map<string, number>();
  for (const id of journal.split('\n')) starts.set(id, (starts.get(id) ?? 0) + 1);
  return starts;
}

export function countEnds(ends: ReadonlyMap<string, Job>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of ends.values()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Compares the ends with what really ran and what was told. */
export function judge(
  known: ReadonlyMap<string, Known>,
  ends: ReadonlyMap<string, Job>,
  starts: ReadonlyMap<string, number> | undefined,
  told: ReadonlySet<string>,
): string[] {
  const complaints: string[] = [];
  for (const { id, isOnce, hasWebhook } of known.values()) {
    const job = ends.get(id);
    const most = isOnce ? 1 : 2;
    const count = starts?.get(id) ?? 0;
    if (starts !== undefined && count > most) complaints.push(`${id} was started ${count} times`);
    if (starts !== undefined && job?.state === 'done' && count === 0)
      complaints.push(`${id} is done, and never ran`);
    if (hasWebhook && job?.webhook?.state !== 'delivered')
      complaints.push(`the webhook of ${id} was not delivered`);
    if (hasWebhook && !told.has(id)) complaints.push(`nobody was told of ${id}`);
  }
  return complaints;
}
