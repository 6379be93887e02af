import { z } from 'zod';
import { webhookSecretSchema } from '../core/contract/jobs/webhook.ts';
import { ceilingSchema } from './network.ts';
import { count, setting } from './setting.ts';

/** Jobs: executions that nobody waits for. */
export const jobsSettings = {
  jobs: setting('BRIG_JOBS', z.enum(['on', 'off']), 'on', 'on or off', 'Whether callers may submit jobs.'),
  redisUrl: setting(
    'BRIG_REDIS_URL',
    z
      .string()
      .trim()
      .refine(
        (text) => URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol),
        'must be a URL of redis:// or rediss://',
      ),
    undefined,
    'URL',
    'Redis 7 or Valkey, shared by services and workers: jobs outlive each of them. Without it jobs are in memory.',
  ),
  jobPlaces: setting(
    'BRIG_JOB_PLACES',
    z.coerce.number().int().min(0).max(1000),
    undefined,
    'jobs',
    'Jobs that this process runs at once; by default as many as executions. With `BRIG_REDIS_URL`, 0 leaves all of them to workers.',
  ),
  jobLease: setting(
    'BRIG_JOB_LEASE',
    z.coerce.number().min(1).max(3600),
    '30',
    'seconds',
    'Time without a sign of the process that runs a job, after which the job is lost or starts again. The same for all that share a Redis.',
  ),
  maxJobs: setting(
    'BRIG_MAX_JOBS',
    count,
    '10000',
    'jobs',
    'Jobs that are kept at once, those that ended included; beyond it `overloaded`. A key has at most as many as are left free.',
  ),
  maxJobsMb: setting(
    'BRIG_MAX_JOBS_MB',
    count.min(1),
    '128',
    'MiB',
    'Memory of all jobs: scripts and files of those that wait, outcomes of those that ended. Where it is full, the oldest outcomes are forgotten first.',
  ),
  webhooks: setting(
    'BRIG_WEBHOOKS',
    ceilingSchema,
    'public',
    'hosts',
    'Where final jobs may be sent: every public address (`public`), a list such as `hooks.example.com:443,10.0.0.5:8080`, or nowhere (`off`). Only hosts of a list may have an address that is not public, or be reached by http ([Jobs](jobs.md#webhooks)).',
  ),
  webhookSecret: setting(
    'BRIG_WEBHOOK_SECRET',
    webhookSecretSchema,
    undefined,
    'secret',
    'Signs what is sent of jobs whose caller gave no secret: `whsec_` and 24 to 64 random bytes in base64. Whoever receives with it can forge for all who do.',
  ),
  maxJobWatchers: setting(
    'BRIG_MAX_JOB_WATCHERS',
    count,
    '200',
    'requests',
    'Requests at once that wait for a job or watch its events.',
  ),
} as const;
