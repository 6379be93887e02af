import type { Jobs } from '../../../src/jobs/jobs.ts';
import { openRedisJobs } from '../../../src/jobs/redis/redis-jobs.ts';
import { createWebhooks, type WebhookRules } from '../../../src/jobs/webhooks/webhooks.ts';
import { openRedis, type RedisLink } from '../../../src/redis/open-redis.ts';
import type { Random } from '../random.ts';

/** Services that take jobs and run none; one of them goes away in the middle of what it does, and another comes. */
export interface Doors {
  /** Returns one of them. */
  any(): Jobs;
  replaceOne(): Promise<void>;
  close(): Promise<void>;
  readonly replaced: number;
}

export interface DoorOptions {
  readonly url: string;
  readonly lease: number;
  readonly allow: WebhookRules['allow'];
  readonly random: Random;
}

interface Door {
  readonly jobs: Jobs;
  readonly link: RedisLink;
}

export async function openDoors({ url, lease, allow, random }: DoorOptions): Promise<Doors> {
  const open = async (): Promise<Door> => {
    const link = await openRedis(url, () => undefined);
    const jobs = await openRedisJobs({
      ...{
        link,
        lease,
        places: 0,
        mostJobs: 100_000,
        mostBytes: 2 ** 30,
        mostWatchers: 1000,
        firstWait: 100,
      },
      execute: () => Promise.reject(new Error('a door runs nothing')),
      webhooks: createWebhooks({ allow, secret: undefined }),
      onFault: (id, error) => console.error(`job ${id}:`, error),
    });
    return { jobs, link };
  };
  const doors = [await open(), await open()];
  const pick = (): number => Math.floor(random() * doors.length);
  let replaced = 0;
  return {
    any: () => {
      const door = doors[pick()];
      if (door === undefined) throw new Error('no door');
      return door.jobs;
    },
    replaceOne: async () => {
      const at = pick();
      const old = doors[at];
      doors[at] = await open();
      // Its connections end, whatever is on them.
      old?.link.close();
      replaced += 1;
      await old?.jobs.close();
    },
    close: async () => {
      for (const { jobs, link } of doors) {
        await jobs.close();
        link.close();
      }
    },
    get replaced() {
      return replaced;
    },
  };
}
