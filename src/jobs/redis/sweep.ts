import type { JobState } from '../../core/contract/jobs/job-state.ts';
import type { RedisLink } from '../../redis/open-redis.ts';
import type { JobCommands } from './commands.ts';
import type { Deliveries } from './deliveries.ts';
import type { Tickets } from './tickets.ts';

export interface SweepOptions {
  readonly link: RedisLink;
  readonly commands: JobCommands;
  readonly tickets: Tickets;
  readonly deliveries: Deliveries;
  /** Milliseconds. */
  readonly lease: number;
  readonly places: number;
  readonly worker: string;
}

/** Does now and then what time asks for: expiry, retention, the loss of jobs whose worker is gone, missing tickets. */
export interface Sweeping {
  /** Numbers of jobs by state, as they were last seen. */
  counts(): Readonly<Record<JobState, number>> | undefined;
  /** Looks at once: a job with a webhook became final. */
  soon(): void;
  close(): void;
}

/** Milliseconds between two sweeps. */
const MOST_BETWEEN = 2000;

export function startSweeping({
  link,
  commands,
  tickets,
  deliveries,
  lease,
  places,
  worker,
}: SweepOptions): Sweeping {
  let counts: Readonly<Record<JobState, number>> | undefined;
  let isSweeping = false;
  let isAskedAgain = false;
  const sweep = async (): Promise<void> => {
    isAskedAgain = isSweeping;
    if (isSweeping) return;
    isSweeping = true;
    try {
      // After an outage, workers first get the time to say that they live.
      const swept = await commands.sweep(link.steadyFor > lease);
      counts = swept.counts;
      if (swept.outbox.length > 0) {
        await deliveries.add(swept.outbox);
        await commands.handOn(swept.outbox);
      }
      const missing = Math.min(swept.waiting, places);
      if (missing > 0)
        tickets.add(
          Array.from({ length: missing }, (_none, index) => ({ name: `${worker} ${index}`, delay: 0 })),
        );
    } catch {
      // The link tells of outages; the next sweep comes.
    } finally {
      isSweeping = false;
      if (isAskedAgain) void sweep();
    }
  };
  const timer = setInterval(() => void sweep(), Math.min(MOST_BETWEEN, lease / 4)).unref();
  return { counts: () => counts, soon: () => void sweep(), close: () => clearInterval(timer) };
}
