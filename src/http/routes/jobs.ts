import type { Context, Hono } from 'hono';
import { jobStates, type JobState } from '../../core/contract/jobs/job-state.ts';
import { jobCaps, type JobRequest } from '../../core/contract/jobs/job-request.ts';
import { narrowPolicy } from '../../core/contract/limits.ts';
import { measureOutcome } from '../../core/contract/measure-outcome.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { planRequest } from '../../core/plan.ts';
import { digestBytes } from '../../executor/digest.ts';
import type { Job, JobOrder, Jobs } from '../../jobs/jobs.ts';
import { writeJob } from '../../jobs/write-job.ts';
import type { AppEnv } from '../app-env.ts';
import type { BodyReader } from '../body-reader.ts';
import { batchReader, jobReader } from '../body-readers.ts';
import { isSmallBody } from '../body-size.ts';
import { askingOf, identifyCaller, orderOf } from '../caller.ts';
import { respondEventStream } from '../event-stream.ts';
import { jsonType } from '../headers.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { readJobEvents } from '../job-events.ts';
import { complainAboutMediaType, readBody } from '../read-body.ts';
import { failWith } from '../respond-events.ts';
import { respondPieces } from '../respond-outcome.ts';
import { readWait } from '../read-wait.ts';
import { respondRefusal } from '../respond-refusal.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import type { ExecuteRouteOptions } from './execute.ts';

export type JobRouteOptions = Omit<ExecuteRouteOptions, 'executor' | 'runOnce'> & { readonly jobs: Jobs };

const ownerOf = (c: Context<AppEnv>): string => identifyCaller(c).queueKey;

/** Routes `/jobs`: executions that nobody waits for. */
export function routeJobs(app: Hono<AppEnv>, options: JobRouteOptions): void {
  const { jobs } = options;

  app.post('/jobs', async (c) => {
    const unread = complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const { value, digest, key } = await readOrders(c, jobReader, options);
    const claim = key === undefined ? undefined : { key, digest };
    const [job] = await jobs.submit([toOrder(c, value, claim)]);
    if (job === undefined) throw new Error('a job was taken, and is not there');
    return respondJob(c, job, 202, { Location: `/jobs/${job.id}` });
  });

  app.post('/jobs/batch', async (c) => {
    const unread = complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const { value, digest, key } = await readOrders(c, batchReader, options);
    const orders = value.map((request, index) =>
      toOrder(c, request, key === undefined ? undefined : { key: `${key} ${index} of a batch`, digest }),
    );
    return respond(c, { jobs: (await jobs.submit(orders)).map(withoutOutcome) }, 202);
  });

  app.get('/jobs', async (c) => {
    const listed = await jobs.list(ownerOf(c), {
      state: readState(c.req.query('state')),
      before: c.req.query('before'),
      most: readLimit(c.req.query('limit')),
    });
    return respond(c, { jobs: listed.map(withoutOutcome) });
  });

  app.get('/jobs/:id', async (c) => {
    const [owner, id] = [ownerOf(c), c.req.param('id')];
    const seconds = readWait(c.req.query('wait'));
    const job =
      seconds > 0
        ? await jobs.wait(owner, id, { seconds, signal: c.get('disconnect') })
        : await jobs.get(owner, id);
    return respondJob(c, job);
  });

  app.get('/jobs/:id/events', async (c) => {
    const [owner, id] = [ownerOf(c), c.req.param('id')];
    // Fires when the reader leaves, also while nothing comes.
    const left = new AbortController();
    const signal = AbortSignal.any([c.get('disconnect'), left.signal]);
    const after = readEventId(c.req.header('last-event-id'));
    const events = readJobEvents(jobs.watch(owner, id, after, signal), () => jobs.get(owner, id), left);
    // A refusal before the first event gets its own status.
    const first = await events.next();
    return respondEventStream(c, events, {
      heartbeatMs: options.heartbeatMs,
      first,
      fail: failWith(c, options.onIncident),
    });
  });

  app.delete('/jobs/:id', async (c) => respondJob(c, await jobs.cancel(ownerOf(c), c.req.param('id'))));
}

/** Reads the body of a submission, and the key that makes a repeated one the same job. */
async function readOrders<T>(
  c: Context<AppEnv>,
  reader: BodyReader<T, RequestRules>,
  { limitPolicy, caps, bodyThread }: JobRouteOptions,
): Promise<{ readonly value: T; readonly digest: string; readonly key: string | undefined }> {
  const rules = {
    policy: narrowPolicy(limitPolicy, identifyCaller(c).ceilings),
    scriptBytes: caps.scriptBytes,
  };
  const key = readIdempotencyKey(c.req.header('idempotency-key'));
  const body = await readBody(c, caps.bodyBytes);
  // Before the body is read, which transfers its memory to the thread.
  const digest = key === undefined ? '' : await digestBytes(body, 'base64');
  const value = isSmallBody(body)
    ? reader.read(body, rules)
    : await bodyThread.read(reader, body, rules, askingOf(c));
  return { value, digest, key };
}

function toOrder(c: Context<AppEnv>, { request, fields }: JobRequest, claim: JobOrder['claim']): JobOrder {
  const { caller, requestId, traceparent } = orderOf(c);
  // The bytes of the request are given back with its answer, long before the outcome is there.
  return {
    plan: planRequest(request),
    fields,
    caller: { ...caller, owe: undefined },
    claim,
    requestId,
    traceparent,
  };
}

function readState(text: string | undefined): JobState | undefined {
  const state = jobStates.find((name) => name === text);
  if (text === undefined || state !== undefined) return state;
  throw new Refusal('invalid_input', `state must be one of ${jobStates.join(', ')}.`);
}

function readLimit(text = String(jobCaps.list.default)): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= jobCaps.list.most) return limit;
  throw new Refusal('invalid_input', `limit must be a number from 1 to ${jobCaps.list.most}.`);
}

/** Returns the number of the last event that a reader got; 0 for none, or for an id of another server. */
const readEventId = (text = ''): number => (/^\d{1,15}$/.test(text) ? Number(text) : 0);

const withoutOutcome = (job: Job): Job => ({ ...job, outcome: undefined });

const respond = (c: Context<AppEnv>, body: unknown, status: 200 | 202 = 200): Response =>
  c.body(JSON.stringify(body), status, { 'Content-Type': jsonType });

/** Answers with a job, and counts its outcome until the caller has read it. */
async function respondJob(
  c: Context<AppEnv>,
  job: Job,
  status: 200 | 202 = 200,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { outcome } = job;
  if (outcome !== undefined && outcome.execution !== null)
    await c.get('hold')?.take(measureOutcome(outcome), c.get('disconnect'));
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  return respondPieces(c, writeJob(job), status);
}
