import { jobCaps, jobFieldsSchema, jobRequestSchema, type JobRequest } from '../contract/jobs/job-request.ts';
import { Refusal } from '../contract/refusal.ts';
import { nearest } from '../text/nearest.ts';
import { nameType, quote } from '../text/words.ts';
import { describeIssues } from './describe-issue.ts';
import type { GivenContents } from './files.ts';
import { isRecord } from './is-record.ts';
import { findMembers, listElements } from './member-texts.ts';
import { readJson } from './read-json.ts';
import { smallestRequest, validateRequest, type RequestRules } from './validate-request.ts';

const ownNames = Object.keys(jobFieldsSchema.shape);
const allNames = Object.keys(jobRequestSchema.shape);
const hints = { suggestions: [`The smallest valid request: ${smallestRequest}`] };

/**
 * Reads the body of `POST /jobs`, like `readRequest`.
 * @throws Refusal `invalid_input`, or `payload_too_large` for the script.
 */
export function readJobRequest(
  body: string | Uint8Array,
  rules: RequestRules,
  contents?: GivenContents,
): JobRequest {
  const { text, value } = readJson(body, hints.suggestions);
  return readJob(text, value, rules, contents);
}

/**
 * Reads the body of `POST /jobs/batch`. A mistake names its job: `jobs[3]: …`.
 * @throws as `readJobRequest`.
 */
export function readBatchRequest(body: string | Uint8Array, rules: RequestRules): JobRequest[] {
  const { text, value } = readJson(body);
  const [unknown] = isRecord(value) ? Object.keys(value).filter((name) => name !== 'jobs') : [];
  if (unknown !== undefined) throw new Refusal('invalid_input', `Unknown field ${quote(unknown)}.`);
  const jobs = isRecord(value) ? value['jobs'] : undefined;
  if (!Array.isArray(jobs) || jobs.length === 0 || jobs.length > jobCaps.batch) {
    throw new Refusal('invalid_input', `"jobs" must be an array of 1 to ${jobCaps.batch} jobs.`);
  }
  const texts = listElements(findMembers(text, ['jobs']).jobs?.json ?? '[]');
  return jobs.map((job, index) => {
    try {
      return readJob(texts[index] ?? '', job, rules);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.category, `jobs[${index}]: ${error.message}`, {
        suggestions: error.suggestions,
      });
    }
  });
}

function readJob(text: string, value: unknown, rules: RequestRules, contents?: GivenContents): JobRequest {
  if (!isRecord(value))
    throw new Refusal('invalid_input', `A job must be a JSON object, not ${nameType(value)}.`, hints);
  const [own, rest] = split(value);
  const fields = jobFieldsSchema.safeParse(own);
  if (!fields.success) throw new Refusal('invalid_input', `${describeIssues(fields.error.issues)}.`);
  refuseMisspelt(rest);
  const texts = findMembers(text, ['args', 'kwargs']);
  return { request: validateRequest(rest, texts, rules, contents), fields: fields.data };
}

/** Fields of an execution are checked with it; this finds those that were meant for the job. */
function refuseMisspelt(rest: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(rest)) {
    if (allNames.includes(name)) continue;
    const [like] = nearest(name, allNames, 1);
    if (like !== undefined && ownNames.includes(like))
      throw new Refusal('invalid_input', `Unknown field ${quote(name)}; did you mean "${like}"?`);
  }
}

function split(value: Readonly<Record<string, unknown>>): [Record<string, unknown>, Record<string, unknown>] {
  const entries = Object.entries(value);
  return [
    Object.fromEntries(entries.filter(([name]) => ownNames.includes(name))),
    Object.fromEntries(entries.filter(([name]) => !ownNames.includes(name))),
  ];
}
