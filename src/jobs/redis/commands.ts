import { createHash } from 'node:crypto';
import { jobStates, type JobState } from '../../core/contract/jobs/job-state.ts';
import {
  deliveryStates,
  webhookSchema,
  type Delivery,
  type Webhook,
} from '../../core/contract/jobs/webhook.ts';
import type { RedisLink } from '../../redis/open-redis.ts';
import { createScript, type Script, type ScriptAnswer } from '../../redis/script.ts';
import type { StoreBounds } from '../job-store.ts';
import type { JobOrder } from '../jobs.ts';
import { isRepeatable } from '../repeatable.ts';
import { jobScript, submitScript } from './job-script.ts';
import { packOrder } from './pack.ts';

/** Prefix of all keys of jobs. The number changes with what they hold; the tag keeps them in one slot of a cluster. */
export const PREFIX = 'brig:1:{jobs}:';

/** One attempt at a job, by its name in Redis. */
export interface Attempt {
  readonly name: string;
  readonly attempt: number;
}

export interface Claimed extends Attempt {
  readonly order: Buffer;
}

/** A job as Redis has it. */
export interface StoredJob {
  readonly id: string;
  readonly state: JobState;
  readonly attempts: number;
  readonly priority: number;
  /** Seconds. */
  readonly retention: number;
  /** Milliseconds since 1970, by the clock of Redis. */
  readonly times: {
    readonly created: number;
    readonly due: number;
    readonly expires: number;
    readonly started: number | undefined;
    readonly ended: number | undefined;
  };
  readonly webhook: Webhook | undefined;
  readonly delivery: Delivery | undefined;
  readonly outcome: Buffer | undefined;
}

export interface Swept {
  /** Jobs that wait to be started; at least some of many. */
  readonly waiting: number;
  readonly counts: Readonly<Record<JobState, number>>;
  /** Names of final jobs whose webhook was not handed on yet. */
  readonly outbox: readonly string[];
}

/** Changes of jobs in Redis, each in one step. All throw as `RedisLink.run`. */
export interface JobCommands {
  /** @param ids of the orders, all of one owner. */
  submit(
    owner: string,
    orders: readonly { readonly id: string; readonly order: JobOrder }[],
  ): Promise<'ok' | 'used' | 'jobs' | 'size'>;
  /** Starts the next job whose turn it is; returns undefined when there is none. @param lease in milliseconds. */
  claim(worker: string, lease: number): Promise<Claimed | undefined>;
  /** Keeps attempts alive; returns those that do not count any more. */
  renew(lease: number, attempts: readonly Attempt[]): Promise<readonly Attempt[]>;
  /** Appends output. @param dropped events left out before it. */
  log(
    attempt: Attempt,
    dropped: number,
    output: readonly (readonly [stream: string, text: string])[],
  ): Promise<void>;
  /** Commits the outcome; returns whether it counts. */
  finish(attempt: Attempt, outcome: Buffer): Promise<boolean>;
  /** `lose`: the script was started; `return`: it was not. */
  giveUp(attempt: Attempt, how: 'lose' | 'return'): Promise<void>;
  /** Returns whether there is such a job. */
  cancel(name: string): Promise<boolean>;
  view(name: string): Promise<StoredJob | undefined>;
  /** Returns the state of a job alone; undefined when there is none. */
  peek(name: string): Promise<JobState | undefined>;
  /** Takes jobs out of the outbox, whose deliveries are in their queue. */
  handOn(names: readonly string[]): Promise<void>;
  /** Notes what became of a webhook, while the job is kept. */
  note(
    name: string,
    delivery: Omit<Delivery, 'status'> & { readonly status: number | undefined },
  ): Promise<void>;
  /** Does what time asks for. @param mayLose whether attempts that are no longer kept alive are lost. */
  sweep(mayLose: boolean): Promise<Swept>;
}

/** Characters of an owner's hash. */
const OWNER = 22;

export const hashOwner = (owner: string): string =>
  createHash('sha256').update(owner).digest('base64url').slice(0, OWNER);

export const nameOf = (owner: string, id: string): string => `${hashOwner(owner)}${id}`;
export const idOfName = (name: string): string => name.slice(OWNER);

export function createCommands(link: RedisLink, { mostJobs, mostBytes }: StoreBounds): JobCommands {
  const scripts = { submit: createScript(submitScript), rest: createScript(jobScript) };
  const call = (
    script: Script,
    command: string,
    ...args: (string | number | Buffer)[]
  ): Promise<ScriptAnswer> =>
    link.run((redis) => script.run(redis, PREFIX, [command, mostJobs, mostBytes, ...args]));

  return {
    submit: async (owner, orders) => {
      const args: (string | number | Buffer)[] = [];
      for (const { id, order } of orders) args.push(...(await writeOrder(id, order)));
      const answer = String(await call(scripts.submit, 'submit', hashOwner(owner), ...args));
      if (answer === 'ok' || answer === 'used' || answer === 'jobs' || answer === 'size') return answer;
      throw new Error(`the script of jobs answers ${answer}`);
    },
    claim: async (worker, lease) => {
      const answer = await call(scripts.rest, 'claim', worker, lease);
      if (!isList(answer)) return undefined;
      const [name, attempt, order] = answer;
      if (!Buffer.isBuffer(order)) throw new Error('a job in Redis has no order');
      return { name: String(name), attempt: Number(attempt), order };
    },
    renew: async (lease, attempts) => {
      const answer = await call(
        scripts.rest,
        'renew',
        lease,
        ...attempts.flatMap(({ name, attempt }) => [name, attempt]),
      );
      return isList(answer) ? attempts.filter((_one, index) => answer[index] === 0) : [];
    },
    log: async ({ name, attempt }, dropped, output) => {
      await call(scripts.rest, 'log', name, attempt, dropped, ...output.flat());
    },
    finish: async ({ name, attempt }, outcome) =>
      (await call(scripts.rest, 'finish', name, attempt, outcome)) === 1,
    giveUp: async ({ name, attempt }, how) => {
      await call(scripts.rest, 'give_up', name, attempt, how);
    },
    cancel: async (name) => (await call(scripts.rest, 'cancel', name)) === 1,
    view: async (name) => readJob(await call(scripts.rest, 'view', name)),
    peek: async (name) => {
      const state = await link.run((redis) => redis.hget(`${PREFIX}job:${name}`, 'state'));
      return state === null ? undefined : toState(state);
    },
    handOn: async (names) => {
      await call(scripts.rest, 'hand_on', ...names);
    },
    note: async (name, { state, attempts, status }) => {
      await call(scripts.rest, 'note', name, state, attempts, status ?? '');
    },
    sweep: async (mayLose) => readSwept(await call(scripts.rest, 'sweep', mayLose ? '1' : '0')),
  };
}

/** Bytes that an order counts as, besides its packed text. */
const RECORD = 2048;

async function writeOrder(id: string, order: JobOrder): Promise<(string | number | Buffer)[]> {
  const { fields, caller, claim } = order;
  const packed = await packOrder(order);
  return [
    ...[id, claim?.digest ?? '', caller.share ?? '', fields.priority],
    ...[fields.retention, fields.delay, fields.expires_in],
    ...[isRepeatable(order) ? 1 : 0, packed.length + RECORD, packed],
    fields.webhook === undefined ? '' : JSON.stringify(fields.webhook),
  ];
}

const isList = (answer: ScriptAnswer): answer is readonly ScriptAnswer[] => Array.isArray(answer);
const toNumber = (value: ScriptAnswer | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(String(value));
const toState = (text: string): JobState => {
  const state = jobStates.find((name) => name === text);
  if (state === undefined) throw new Error(`a job in Redis has the state ${text}`);
  return state;
};

/** Fields of a job that `readJob` reads, besides its outcome. */
export const SUMMARY_FIELDS = [
  ...['id', 'state', 'attempts', 'priority', 'retention'],
  ...['created', 'due', 'expires', 'started', 'ended'],
  ...['webhook', 'hook_state', 'hook_attempts', 'hook_status'],
];

export function readJob(answer: ScriptAnswer | readonly (string | null)[]): StoredJob | undefined {
  if (!Array.isArray(answer) || answer[0] === null) return undefined;
  const [id, state, attempts, priority, retention, created, due, expires, started, ended, ...hook] = answer;
  const outcome: unknown = answer[SUMMARY_FIELDS.length];
  return {
    ...{ id: String(id), state: toState(String(state)), attempts: Number(String(attempts)) },
    ...{ priority: Number(String(priority)), retention: Number(String(retention)) },
    times: {
      ...{ created: toNumber(created) ?? 0, due: toNumber(due) ?? 0, expires: toNumber(expires) ?? 0 },
      ...{ started: toNumber(started), ended: toNumber(ended) },
    },
    ...readHook(hook),
    outcome: Buffer.isBuffer(outcome) ? outcome : undefined,
  };
}

function readHook([webhook, state, attempts, status]: readonly (ScriptAnswer | undefined)[]): Pick<
  StoredJob,
  'webhook' | 'delivery'
> {
  if (webhook === null || webhook === undefined) return { webhook: undefined, delivery: undefined };
  const known = deliveryStates.find((name) => name === String(state)) ?? 'pending';
  const last = toNumber(status);
  return {
    webhook: webhookSchema.parse(JSON.parse(String(webhook))),
    delivery: {
      state: known,
      attempts: toNumber(attempts) ?? 0,
      ...(last !== undefined && { status: last }),
    },
  };
}

function readSwept(answer: ScriptAnswer): Swept {
  const [waiting = 0, tally = [], outbox = []] = isList(answer) ? answer : [];
  const fields = isList(tally) ? tally.map(String) : [];
  const numbers = new Map<string, number>();
  for (let at = 0; at + 1 < fields.length; at += 2) numbers.set(fields[at] ?? '', Number(fields[at + 1]));
  return {
    waiting: Number(waiting),
    counts: Object.fromEntries(
      jobStates.map((state) => [state, numbers.get(`state:${state}`) ?? 0]),
    ) as Record<JobState, number>,
    outbox: isList(outbox) ? outbox.map(String) : [],
  };
}
