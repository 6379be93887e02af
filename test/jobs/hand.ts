import { limits } from '../../src/core/contract/limits.test-support.ts';
import { jobFieldsSchema, type JobFields } from '../../src/core/contract/jobs/job-request.ts';
import type { Outcome } from '../../src/core/contract/outcome.ts';
import { planRequest } from '../../src/core/plan.ts';
import { readRequest } from '../../src/core/validation/read-request.ts';
import { Refusal } from '../../src/core/contract/refusal.ts';
import type { ExecuteOptions, Executor } from '../../src/executor/executor.ts';
import type { JobOrder } from '../../src/jobs/jobs.ts';
import { openRedisJobs, type RedisJobsOptions } from '../../src/jobs/redis/redis-jobs.ts';
import { createWebhooks } from '../../src/jobs/webhooks/webhooks.ts';
import { openRedis } from '../../src/redis/open-redis.ts';

const rules = { policy: { defaults: limits, ceilings: limits }, scriptBytes: 1_000_000 };

interface OrderOptions {
  readonly owner?: string;
  readonly key?: string;
  readonly digest?: string;
  readonly share?: number;
}

export const orderOf = (
  script: string,
  fields: Partial<JobFields> = {},
  { owner = 'ada', key, digest = 'd', share }: OrderOptions = {},
): JobOrder => ({
  plan: planRequest(readRequest(JSON.stringify({ script }), rules)),
  fields: jobFieldsSchema.parse(fields),
  caller: { queueKey: owner, share },
  claim: key === undefined ? undefined : { key, digest },
});

export const outcomeOf = (script: string): Outcome =>
  ({
    ...{ success: true, result: '1', stdout: script, stderr: '', return_code: 0 },
    ...{ execution: { id: 'x' }, files: [] },
  }) as unknown as Outcome;

/** An executor whose executions end when the test says so. */
export function createHand() {
  const underWay: {
    readonly script: string;
    readonly options: ExecuteOptions;
    readonly end: PromiseWithResolvers<Outcome>;
  }[] = [];
  const started: string[] = [];
  const execute: Executor['execute'] = (plan, options = {}) => {
    const end = Promise.withResolvers<Outcome>();
    const one = { script: plan.script, options, end };
    underWay.push(one);
    started.push(plan.script);
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the signal's own reason
    options.signal?.addEventListener('abort', () => end.reject(options.signal?.reason));
    const leave = (): void => void underWay.splice(underWay.indexOf(one), 1);
    end.promise.then(leave, leave);
    return end.promise;
  };
  const find = (script: string) => underWay.find((one) => one.script === script);
  return {
    ...{ execute, underWay, started, find },
    finish: (script: string): void => find(script)?.end.resolve(outcomeOf(script)),
    /** Ends all, as a service does that shuts down. */
    endAll: (): void => {
      for (const { end, options } of underWay) {
        options.onStart?.({ id: '', timings: { analysis: 0, queue: 0, jail: 0 } });
        end.reject(new Refusal('overloaded', 'The service is shutting down.'));
      }
    },
  };
}

/** Jobs in Redis as one service has them, with connections of its own. */
export async function openJobs(
  url: string,
  { hand = createHand(), ...own }: Partial<RedisJobsOptions> & { hand?: ReturnType<typeof createHand> } = {},
) {
  const faults: unknown[] = [];
  const changes: (string | undefined)[] = [];
  const link = await openRedis(url, (fault) => changes.push(fault));
  const jobs = await openRedisJobs({
    ...{ link, execute: hand.execute, places: 1, mostJobs: 100, mostBytes: 10_000_000 },
    ...{ mostWatchers: 10, lease: 2, webhooks: createWebhooks({ allow: [], secret: undefined }) },
    onFault: (_id, error) => faults.push(error),
    ...own,
  });
  return {
    ...{ jobs, link, faults, changes },
    [Symbol.asyncDispose]: async () => {
      const closed = jobs.close();
      hand.endAll();
      await closed;
      link.close();
    },
  };
}
