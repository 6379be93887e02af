import { ConfigError, type Config } from '../config.ts';
import { MIB } from '../core/contract/limits.ts';
import type { EventListener } from '../executor/events.ts';
import type { Executor } from '../executor/executor.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { createMemoryJobs } from '../jobs/memory-jobs.ts';
import { openRedisJobs } from '../jobs/redis/redis-jobs.ts';
import { createWebhooks } from '../jobs/webhooks/webhooks.ts';
import { openRedis, type RedisLink } from '../redis/open-redis.ts';
import { countPlaces } from './capacity.ts';

/** Opens the link to what services share; undefined where the settings name none. */
export async function openShared(
  { redisUrl }: Config,
  onEvent: EventListener,
): Promise<RedisLink | undefined> {
  if (redisUrl === undefined) return undefined;
  return await openRedis(redisUrl, (fault) => onEvent({ type: 'shared_changed', fault }));
}

/** Opens jobs, in Redis where services share one. @throws ConfigError */
export async function openJobs(
  config: Config,
  shared: RedisLink | undefined,
  { execute, onEvent }: { readonly execute: Executor['execute']; readonly onEvent: EventListener },
): Promise<Jobs> {
  const options = {
    execute,
    places: config.jobPlaces ?? countPlaces(config),
    ...{ mostJobs: config.maxJobs, mostBytes: config.maxJobsMb * MIB, mostWatchers: config.maxJobWatchers },
    webhooks: createWebhooks({
      ...{ allow: config.webhooks, secret: config.webhookSecret },
      onTry: (result) => onEvent({ type: 'webhook_tried', result }),
    }),
    onFault: (id: string, error: unknown) => onEvent({ type: 'job_failed', id, error }),
  };
  if (shared !== undefined && config.jobs === 'on')
    return await openRedisJobs({ ...options, link: shared, lease: config.jobLease });
  if (options.places === 0) {
    const complaint = 'needs BRIG_REDIS_URL: without it nobody else runs the jobs of this service';
    throw new ConfigError([{ name: 'BRIG_JOB_PLACES', value: '0', complaint }]);
  }
  return createMemoryJobs(options);
}

/** Returns sentences for the operator. */
export const describeShared = (shared: RedisLink | undefined): readonly string[] => {
  if (shared === undefined) return [];
  return shared.fault === undefined ? shared.warnings : [`Jobs are not available: ${shared.fault}`];
};
