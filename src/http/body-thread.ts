import { Refusal } from '../core/contract/refusal.ts';
import { createWorkerHost } from '../pool/worker-host.ts';
import { WorkerFailure } from '../pool/worker-thread.ts';
import { holdsTooMuch, type BodyAnswer, type BodyQuestion } from './body-messages.ts';
import type { BodyReader } from './body-reader.ts';

/**
 * Maximum number of bodies that wait for the thread, of up to 32 MiB each. Each holds its bytes of the byte budget
 * meanwhile.
 */
const MAX_WAITING = 64;
/** Longest wait for the thread, in seconds. */
const MAX_WAIT = 30;
/** Milliseconds of CPU time for a body; the costliest of 32 MiB takes a few seconds. */
const BUDGET_MS = 10_000;
/** MiB. The costliest body of 32 MiB, all empty objects, takes about 700. */
const HEAP_LIMIT = 1024;
const IDLE_MS = 30_000;

/** Thread that reads requests, one at a time. Starts with the first, and never keeps the process alive. */
export interface BodyThread {
  /**
   * Reads a body with a reader, and takes ownership of the memory of `body`.
   * @throws Refusal of the reader; `overloaded` when its turn does not come in time; `payload_too_large` when a body
   * exceeds the time or memory for one; otherwise the reason of the aborted signal.
   */
  read<Value, Rules>(
    reader: BodyReader<Value, Rules>,
    body: Uint8Array<ArrayBuffer>,
    rules: Rules,
    asking: BodyAsking,
  ): Promise<Value>;
}

export interface BodyAsking {
  /** Key of the caller's queue; callers take turns. */
  readonly queueKey: string;
  readonly signal?: AbortSignal | undefined;
}

export function createBodyThread({ budgetMs = BUDGET_MS, heapLimit = HEAP_LIMIT } = {}): BodyThread {
  const thread = createWorkerHost<BodyQuestion, BodyAnswer>({
    module: new URL('body-worker', import.meta.url),
    resourceLimits: { maxOldGenerationSizeMb: heapLimit },
    idleMs: IDLE_MS,
    waitingRoom: MAX_WAITING,
    maxWait: MAX_WAIT,
    busy: 'Too many large bodies wait to be read.',
  });
  return {
    read: async <Value, Rules>(
      { name: reader }: BodyReader<Value, Rules>,
      body: Uint8Array<ArrayBuffer>,
      rules: Rules,
      { queueKey, signal }: BodyAsking,
    ) => {
      const question = { reader, body, rules };
      try {
        const job = { queueKey, question, transfer: [body.buffer], budgetMs, signal };
        const { answer } = await thread.ask(job);
        if ('value' in answer) return answer.value as Value;
        const { category, message, suggestions } = answer.refusal;
        throw new Refusal(category, message, { suggestions });
      } catch (error) {
        throw describeFailure(error);
      }
    },
  };
}

/**
 * Converts the failure of a thread into the error for its body. Any cause except too little memory or time is a fault
 * of Brig.
 */
function describeFailure(error: unknown): unknown {
  if (!(error instanceof WorkerFailure)) return error;
  const { kind, cause } = error;
  if (kind === 'starved') {
    return new Refusal('overloaded', 'This machine has no time to read the body now.', { retryAfter: 10 });
  }
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (kind !== 'over_budget' && code !== 'ERR_WORKER_OUT_OF_MEMORY') return cause ?? error;
  return holdsTooMuch(cause);
}
