import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../../src/core/contract/refusal.ts';
import type { Job } from '../../../src/jobs/jobs.ts';
import { orderOf } from '../../../test/jobs/hand.ts';
import type { Random } from '../random.ts';
import type { Doors } from './doors.ts';
import type { History, Known } from './history.ts';

export interface ProofOptions {
  readonly jobs: number;
  readonly workers: number;
  readonly seed: number;
  /** Workers with jails (`brig worker`), or without (their starts are counted). */
  readonly hasJails: boolean;
  /** Seconds. */
  readonly lease: number;
  /** Milliseconds between two harms. */
  readonly pause: number;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** State that callers, readers and harm share. */
export interface Load {
  isLoaded: boolean;
  reads: number;
  refusals: number;
  redis: number;
}

const OWNERS = ['ada', 'bob', 'eve'];
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export const pause = (ms: number, random: Random): Promise<void> => sleep(ms * (0.5 + random()));

export interface Submission {
  readonly options: ProofOptions;
  readonly doors: Doors;
  readonly known: Map<string, Known>;
  readonly history: History;
  readonly state: Load;
  readonly random: Random;
  readonly url: string;
}

/** Repeats an act until a door that reaches Redis does it. */
export async function insist<T>(state: Load, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refusal) || !['unavailable', 'overloaded'].includes(error.category)) throw error;
      state.refusals += 1;
      await sleep(100);
    }
  }
}

/** One caller of eight: submits its part of the jobs, some of them twice, and cancels some. */
export async function submitAll(submission: Submission, index: number): Promise<void> {
  const { options, doors, known, history, state, random, url } = submission;
  for (let count = index; count < options.jobs; count += 8) {
    const owner = OWNERS[count % OWNERS.length] ?? 'ada';
    const [isOnce, isDelayed, hasWebhook] = [random() < 0.3, random() < 0.1, random() < 0.1];
    const order = orderOf(
      `def main():\n    print("begun")\n    return ${count}`,
      {
        ...{ at_most_once: isOnce, priority: Math.floor(random() * 10), delay: isDelayed ? 0.5 : 0 },
        ...(hasWebhook && { webhook: { url, secret: SECRET } }),
      },
      { owner, key: `job ${count}`, digest: String(count) },
    );
    const submit = async (): Promise<Job | undefined> => (await doors.any().submit([order]))[0];
    const job = await insist(state, submit);
    if (job === undefined) throw new Error('a job was taken, and is not there');
    known.set(`${owner} ${job.id}`, { id: job.id, isOnce, isDelayed, hasWebhook });
    history.see(job);
    if (random() < 0.05) {
      const again = await insist(state, submit);
      if (again?.id !== job.id) history.complaints.push(`job ${count} became two: ${job.id}, ${again?.id}`);
    }
    if (random() < 0.05) history.see(await insist(state, () => doors.any().cancel(owner, job.id)));
    await pause(options.hasJails ? 40 : 10, random);
  }
}

/** Reads jobs at random while they run. */
export async function readAll(
  doors: Doors,
  known: ReadonlyMap<string, Known>,
  history: History,
  state: Load,
  random: Random,
): Promise<void> {
  while (state.isLoaded) {
    const all = [...known.keys()];
    const [owner = '', id = ''] = (all[Math.floor(random() * all.length)] ?? '').split(' ');
    if (id !== '') history.see(await insist(state, () => doors.any().get(owner, id)));
    state.reads += 1;
    await sleep(5);
  }
}
