import type { Webhook } from '../../core/contract/jobs/webhook.ts';
import { measureOutcome } from '../../core/contract/measure-outcome.ts';
import { parseDestination, type Destination, type NetworkEntry } from '../../core/contract/network/entry.ts';
import { allowsDestination, type NetworkGrant } from '../../core/contract/network/grant.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import type { Job } from '../jobs.ts';
import { isRefusal, writeJob } from '../write-job.ts';
import { post } from './post.ts';
import { signMessage } from './sign.ts';

export interface WebhookRules {
  /** Hosts to which jobs may be sent; `public` for every public address. */
  readonly allow: readonly NetworkEntry[];
  /** Signs where a caller gives no secret. */
  readonly secret: string | undefined;
  /** Told of each try. */
  readonly onTry?: ((result: TryResult) => void) | undefined;
}

export type TryResult = 'delivered' | 'again' | 'gone';

/** One try: whether it is over, and the status of the answer, if there was one. */
export interface Tried {
  readonly result: TryResult;
  readonly status: number | undefined;
}

/** Sends final jobs to those who asked for it. */
export interface Webhooks {
  /** @throws Refusal `forbidden` or `invalid_input` when a job with this webhook must not be taken. */
  check(webhook: Webhook | undefined): void;
  /** Tries once. Never rejects. */
  send(webhook: Webhook, job: Job): Promise<Tried>;
}

/** Bytes of an outcome beyond which only the job is sent. */
const MOST_OUTCOME = 256 * 1024;
const GONE = 410;

export function createWebhooks({ allow, secret: fallback, onTry }: WebhookRules): Webhooks {
  const grant: NetworkGrant = { allow, operator: allow };
  const named: NetworkGrant = { allow: allow.filter(({ kind }) => kind !== 'public'), operator: allow };

  const judge = ({ url: text }: Webhook): { readonly url: URL; readonly destination: Destination } => {
    const { url, destination } = parseUrl(text);
    if (!allowsDestination(grant, destination))
      throw forbidden(`The operator does not allow webhooks to ${destination.host}:${destination.port}.`);
    if (url.protocol === 'http:' && !allowsDestination(named, destination))
      throw forbidden('webhook.url must begin with https: the operator does not name this host.');
    return { url, destination };
  };
  const try_ = async (webhook: Webhook, job: Job): Promise<Tried> => {
    const secret = webhook.secret ?? fallback;
    if (secret === undefined) return { result: 'gone', status: undefined };
    try {
      const body = writeBody(job);
      const signed = signMessage({ id: job.id, body }, secret, Date.now() / 1000);
      const headers = { ...signed, 'content-type': 'application/json', 'user-agent': 'Brig' };
      const status = await post({ ...judge(webhook), grant, headers, body });
      const isTaken = status >= 200 && status < 300;
      return { result: isTaken ? 'delivered' : status === GONE ? 'gone' : 'again', status };
    } catch {
      return { result: 'again', status: undefined };
    }
  };

  return {
    check: (webhook) => {
      if (webhook === undefined) return;
      if (allow.length === 0) throw forbidden('The operator does not allow webhooks.');
      judge(webhook);
      if ((webhook.secret ?? fallback) === undefined)
        throw new Refusal('invalid_input', '"webhook.secret" is missing: what is sent is always signed.', {
          suggestions: ['Send whsec_ and 32 random bytes in base64, and keep them for your receiver.'],
        });
    },
    send: async (webhook, job) => {
      const tried = await try_(webhook, job);
      onTry?.(tried.result);
      return tried;
    },
  };
}

const forbidden = (message: string): Refusal =>
  new Refusal('forbidden', message, {
    suggestions: [
      'Ask the operator to name the host in BRIG_WEBHOOKS, or wait for the job with GET /jobs/{id}?wait=60.',
    ],
  });

/** @throws Refusal `invalid_input` */
function parseUrl(text: string): { readonly url: URL; readonly destination: Destination } {
  const url = URL.parse(text);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && `${url.username}${url.password}` === '';
  if (!isPlain)
    throw new Refusal('invalid_input', 'webhook.url: must be an http or https URL without a user.');
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const destination = parseDestination(`${url.hostname}:${port}`);
  if (typeof destination === 'string')
    throw new Refusal('invalid_input', `webhook.url: its host ${destination}.`);
  return { url, destination };
}

function writeBody(job: Job): string {
  const { outcome, ...summary } = job;
  const isLarge = outcome !== undefined && !isRefusal(outcome) && measureOutcome(outcome) > MOST_OUTCOME;
  const data = [...writeJob(isLarge ? summary : job)].join('');
  return `{"type":"job.${job.state}","timestamp":${JSON.stringify(job.ended_at)},"data":${data}}`;
}

/** Most tries: about a day. */
export const MOST_TRIES = 32;
/** Milliseconds before the second try, and most between two. */
const WAIT = { first: 5000, most: 60 * 60_000 };

/** Returns the milliseconds before the next try. @param tries how many there were. */
export const waitBeforeTry = (tries: number, first = WAIT.first): number =>
  Math.min(WAIT.most, first * 2 ** Math.min(tries - 1, 20)) * (0.5 + Math.random() / 2);
