import type { RedisLink } from '../../redis/open-redis.ts';
import { viewJob } from '../job-record.ts';
import { noSuchJob } from '../job-refusals.ts';
import type { Job, ListPart } from '../jobs.ts';
import { hashOwner, nameOf, PREFIX, readJob, SUMMARY_FIELDS } from './commands.ts';

/** Jobs that are read at once. */
const PAGE = 500;

/** Returns jobs of an owner without their outcomes, the newest first. @throws Refusal */
export async function listJobs(
  link: RedisLink,
  owner: string,
  { state, before, most }: ListPart,
): Promise<Job[]> {
  const set = `${PREFIX}of:${hashOwner(owner)}`;
  const jobs: Job[] = [];
  let at = before === undefined ? 0 : (await findRank(link, set, nameOf(owner, before))) + 1;
  for (;;) {
    const names = await link.run((redis) => redis.zrevrange(set, at, at + PAGE - 1));
    if (names.length === 0) return jobs;
    at += names.length;
    const answers = await link.run((redis) => {
      const pipeline = redis.pipeline();
      for (const name of names) pipeline.hmget(`${PREFIX}job:${name}`, ...SUMMARY_FIELDS);
      return pipeline.exec();
    });
    for (const [error, fields] of answers ?? []) {
      if (error !== null) throw error;
      // It may have been forgotten meanwhile.
      const job = readJob(fields as (string | null)[]);
      if (job === undefined || (state ?? job.state) !== job.state) continue;
      jobs.push(viewJob({ ...job, isDurable: true, outcome: undefined }));
      if (jobs.length === most) return jobs;
    }
  }
}

async function findRank(link: RedisLink, set: string, name: string): Promise<number> {
  const rank = await link.run((redis) => redis.zrevrank(set, name));
  if (rank === null) throw noSuchJob();
  return rank;
}
