import { Refusal } from '../core/refusal.ts';
import { createWorkerHost } from '../pool/worker-host.ts';
import { WorkerFailure } from '../pool/worker-thread.ts';
import { holdsTooMuch, type BodyAnswer, type BodyQuestion } from './body-messages.ts';
import type { BodyReader } from './body-reader.ts';

/** Bodies that may wait for the thread, of up to 32 MiB each. Each holds its bytes of the byte budget meanwhile. */
const MAX_WAITING = 64;
/** Longest wait for the thread, in seconds. */
const MAX_WAIT = 30;
/** Milliseconds of CPU time that a body has: the costliest of 32 MiB takes a few seconds. */
const BUDGET_MS = 10_000;
/** MiB. The costliest body of 32 MiB, of empty objects, takes some 700. */
const HEAP_LIMIT = 1024;
const IDLE_MS = 30_000;

/** One thread that reads requests, one at a time. It starts with the first, and never keeps the process alive. */
export interface BodyThread {
  /**
   * Reads a body as a reader does, and takes the memory of `body` over.
   * @throws Refusal as the reader does; `overloaded` where its turn does not come in time; `payload_too_large` where a
   *   body takes more time or memory than there is for one. The signal's reason, when it is aborted.
   */
  read<Value, Rules>(
    reader: BodyReader<Value, Rules>,
    body: Uint8Array<ArrayBuffer>,
    rules: Rules,
    asking?: BodyAsking,
  ): Promise<Value>;
}

export interface BodyAsking {
  /** Whose body it is: callers take turns. */
  readonly caller?: string | undefined;
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
      { caller = '', signal }: BodyAsking = {},
    ) => {
      const question = { reader, body, rules };
      try {
        const job = { caller, question, transfer: [body.buffer], budgetMs, signal };
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

/** What the end of a thread means for its body; anything but too little memory or time is our own fault. */
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
