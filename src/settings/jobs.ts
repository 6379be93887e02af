import { z } from 'zod';
import { count, setting } from './setting.ts';

/** Jobs: executions that nobody waits for. */
export const jobsSettings = {
  jobs: setting('BRIG_JOBS', z.enum(['on', 'off']), 'on', 'on or off', 'Whether callers may submit jobs.'),
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
  maxJobWatchers: setting(
    'BRIG_MAX_JOB_WATCHERS',
    count,
    '200',
    'requests',
    'Requests at once that wait for a job or watch its events.',
  ),
} as const;
