import type { JobState } from '../../core/contract/jobs/job-state.ts';
import type { RedisLink } from '../../redis/open-redis.ts';
import { viewJob } from '../job-record.ts';
import type { Job } from '../jobs.ts';
import { hashOwner, PREFIX, readJob, SUMMARY_FIELDS } from './commands.ts';

/** Jobs that are read at once. */
const PAGE = 500;

/** Returns the jobs of an owner without their outcomes, the newest first. */
export async function listJobs(link: RedisLink, owner: string, state: JobState | undefined): Promise<Job[]> {
  const names = await link.run((redis) => redis.zrevrange(`${PREFIX}of:${hashOwner(owner)}`, 0, -1));
  const jobs: Job[] = [];
  for (let at = 0; at < names.length; at += PAGE) {
    const answers = await link.run((redis) => {
      const pipeline = redis.pipeline();
      for (const name of names.slice(at, at + PAGE))
        pipeline.hmget(`${PREFIX}job:${name}`, ...SUMMARY_FIELDS);
      return pipeline.exec();
    });
    for (const [error, fields] of answers ?? []) {
      if (error !== null) throw error;
      // It may have been forgotten meanwhile.
      const job = readJob(fields as (string | null)[]);
      if (job !== undefined && (state ?? job.state) === job.state)
        jobs.push(viewJob({ ...job, isDurable: true, outcome: undefined }));
    }
  }
  return jobs;
}
