import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RefusalCategory } from '../core/contract/error-category.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { RedisLink } from '../redis/open-redis.ts';
import { pack, unpack } from '../redis/pack.ts';
import { createScript, type ScriptAnswer } from '../redis/script.ts';
import { onceScript } from './once-script.ts';
import {
  createRunOnce,
  isFinal,
  onceBounds,
  usedOtherwise,
  type RunClaim,
  type RunOnce,
} from './run-once.ts';

const PREFIX = 'brig:1:{once}:';
/** Milliseconds for which a run counts as under way without a sign of who runs it. */
const LEASE = 15_000;
/** Milliseconds between two looks at a run of another service. */
const LOOK = { first: 20, most: 500 };

type Kept = { readonly outcome: Outcome } | { readonly refusal: KeptRefusal };
type KeptRefusal = Pick<Refusal, 'message' | 'suggestions' | 'availableFunctions' | 'kind' | 'retryable'> & {
  readonly category: RefusalCategory;
};

/**
 * Runs once for each key, among all services that share a Redis, also after a restart. What cannot be asked there is
 * refused: a caller with a key wants no second run.
 */
export function createSharedRunOnce(link: RedisLink, lease = LEASE): RunOnce {
  const local = createRunOnce();
  const script = createScript(onceScript);
  const call = (...args: (string | number | Buffer)[]): Promise<ScriptAnswer> =>
    link.run((redis) => script.run(redis, PREFIX, args));
  /** Outcomes that another service, or this one before a restart, had. */
  const replayed = new WeakSet<Outcome>();

  const begin = async (
    claim: RunClaim,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<Outcome>,
  ): Promise<Outcome> => {
    const [name, token] = [nameOf(claim), randomUUID()];
    for (let wait = LOOK.first; ; wait = Math.min(2 * wait, LOOK.most)) {
      const [state, packed] = toList(await call('begin', name, claim.digest, token, lease));
      if (String(state) === 'other') throw usedOtherwise();
      if (Buffer.isBuffer(packed)) {
        const outcome = readKept((await unpack(packed)) as Kept);
        replayed.add(outcome);
        return outcome;
      }
      if (String(state) === 'yours') break;
      await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    return await keep({ name, token, claim }, () => start(signal));
  };

  const keep = async (
    { name, token, claim }: { readonly name: string; readonly token: string; readonly claim: RunClaim },
    start: () => Promise<Outcome>,
  ): Promise<Outcome> => {
    const timer = setInterval(() => {
      call('renew', name, token, lease).catch(() => undefined);
    }, lease / 3);
    const settle = async (end: unknown): Promise<void> => {
      if (!isFinal(end)) return void (await call('release', name, token));
      const { ttl, maxOutcomes, maxBytes } = onceBounds;
      const owner = hash(claim.queueKey);
      const packed = await pack(end instanceof Refusal ? { refusal: keepRefusal(end) } : { outcome: end });
      await call('end', name, token, claim.digest, packed, owner, ttl, maxOutcomes, maxBytes);
    };
    try {
      const outcome = await start();
      // The caller gets its outcome even where it can be remembered here only.
      await settle(outcome).catch(() => undefined);
      return outcome;
    } catch (error) {
      await settle(error).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(timer);
    }
  };

  return {
    run: async (claim, signal, start) => {
      const { outcome, isReplay } = await local.run(claim, signal, (inner) => begin(claim, inner, start));
      return { outcome, isReplay: isReplay || replayed.has(outcome) };
    },
  };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);
const nameOf = ({ queueKey, key }: RunClaim): string => hash(JSON.stringify([queueKey, key]));
const toList = (answer: ScriptAnswer): readonly ScriptAnswer[] => (Array.isArray(answer) ? answer : []);

const keepRefusal = (refusal: Refusal): KeptRefusal => {
  const { category, message, suggestions, availableFunctions, kind, retryable } = refusal;
  return { category, message, suggestions, availableFunctions, kind, retryable };
};

/** @throws Refusal that the run ended with. */
function readKept(kept: Kept): Outcome {
  if ('outcome' in kept) return kept.outcome;
  const { category, message, kind, ...details } = kept.refusal;
  throw new Refusal(category, message, { ...details, ...(kind !== undefined && { kind }) });
}
