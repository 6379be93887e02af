import { array, assert, boolean, constant, constantFrom, integer, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFinal } from '../contract/jobs/job-state.ts';
import { advanceJob, createStatus, type JobEvent, type JobStatus } from './advance-job.ts';

const attempt = integer({ min: 0, max: 4 });
const events = array(
  oneof(
    record({ type: constantFrom('due', 'start', 'cancel', 'expire') }),
    record({ type: constantFrom('finish', 'give_back'), attempt }),
    record({ type: constant('lose'), attempt, mayRunAgain: boolean() }),
  ),
  { maxLength: 30 },
);

/** Every status on the way, the first included. */
const play = (isDelayed: boolean, all: readonly JobEvent[]): JobStatus[] => {
  const way = [createStatus(isDelayed)];
  for (const event of all) way.push(advanceJob(way.at(-1) ?? createStatus(isDelayed), event));
  return way;
};

describe('advanceJob', () => {
  it('never leaves a final state, whatever comes', () => {
    assert(
      property(boolean(), events, (isDelayed, all) => {
        const way = play(isDelayed, all);
        const end = way.find(({ state }) => isFinal(state));
        if (end !== undefined) expect(way.at(-1)).toBe(end);
      }),
    );
  });

  it('counts every start, and starts only what is queued', () => {
    assert(
      property(boolean(), events, (isDelayed, all) => {
        const way = play(isDelayed, all);
        for (const [index, next] of way.entries()) {
          const before = way[index - 1];
          if (before === undefined) continue;
          const isStart = next.state === 'running' && before.state !== 'running';
          expect(next.attempts - before.attempts).toBe(isStart ? 1 : 0);
          if (isStart) expect(before.state).toBe('queued');
        }
      }),
    );
  });

  it('lets an attempt of the past decide nothing', () => {
    const second: JobStatus = { state: 'running', attempts: 2 };
    expect(advanceJob(second, { type: 'finish', attempt: 1 })).toBe(second);
    expect(advanceJob(second, { type: 'lose', attempt: 1, mayRunAgain: false })).toBe(second);
    expect(advanceJob(second, { type: 'finish', attempt: 2 }).state).toBe('done');
  });

  it.each([
    ['delayed', 'due', 'queued'],
    ['delayed', 'start', 'delayed'],
    ['delayed', 'expire', 'expired'],
    ['queued', 'expire', 'expired'],
    ['running', 'expire', 'running'],
    ['running', 'cancel', 'cancelled'],
    ['queued', 'cancel', 'cancelled'],
    ['done', 'cancel', 'done'],
  ] as const)('takes a %s job by %s to %s', (state, type, next) => {
    expect(advanceJob({ state, attempts: 1 }, { type }).state).toBe(next);
  });

  it('loses a job that may not run again, and queues another', () => {
    const running: JobStatus = { state: 'running', attempts: 1 };
    expect(advanceJob(running, { type: 'lose', attempt: 1, mayRunAgain: false }).state).toBe('lost');
    expect(advanceJob(running, { type: 'lose', attempt: 1, mayRunAgain: true }).state).toBe('queued');
    expect(advanceJob(running, { type: 'give_back', attempt: 1 }).state).toBe('queued');
  });
});
