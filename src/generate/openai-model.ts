import { z } from 'zod';
import { Refusal } from '../core/contract/refusal.ts';
import { createFairQueue, fitsPlaces } from '../pool/fair-queue.ts';
import { createBoundedFetch } from './bounded-fetch.ts';
import type { CallBudget } from './budget.ts';
import { failModel, kindOfStatus, type FailureKind } from './model-failures.ts';
import { createCallTally, type CallTally } from './call-tally.ts';
import type { ModelCall } from '../executor/events.ts';
import type { AskOptions, Message, Model, ModelAnswer, ModelFailure } from './model.ts';

export interface OpenAiModelOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  readonly replyFormat: 'json_object' | 'text';
  /** Seconds for an answer, including retries and the wait for a turn. */
  readonly timeout: number;
  readonly retries: number;
  readonly maxConcurrent: number;
  readonly maxReplyBytes: number;
  readonly budget: CallBudget;
  readonly onFailure: (failure: ModelFailure) => void;
  /** Called once for each question that got its turn. */
  readonly onCall?: ((call: ModelCall) => void) | undefined;
}

/** Maximum number of requests that wait for a turn; further ones are refused at once. */
const MOST_WAITING = 100;
/** Longest part of a provider's message in the log, in UTF-16 units. */
const MOST_DETAIL = 500;

const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish().catch(undefined),
});

/** Creates a model behind an API that speaks OpenAI's chat protocol. */
export function createOpenAiModel(options: OpenAiModelOptions): Model {
  // Loaded ahead, and only when there is a key, because it takes a tenth of a second.
  const library = import('openai');
  library.catch(() => undefined);
  const turns = createFairQueue({
    fits: fitsPlaces(options.maxConcurrent),
    waitingRoom: MOST_WAITING,
    // Longer than the call's own deadline, which comes first.
    maxWait: options.timeout + 1,
    retryAfter: () => BUSY_SECONDS,
    describe: () => TOO_MANY,
  });
  const closing = new AbortController();

  const ask = async (messages: readonly Message[], own: AskOptions): Promise<ModelAnswer> => {
    own.signal?.throwIfAborted();
    closing.signal.throwIfAborted();
    const onFailure = (failure: ModelFailure): void =>
      options.onFailure({ ...failure, requestId: own.requestId });
    const told = { ...options, onFailure, takeCall: () => options.budget.take(own.caller?.key) };
    const call = beginCall(told, AbortSignal.any([closing.signal, ...(own.signal ? [own.signal] : [])]));
    const tally = createCallTally(options, own);
    const answerInTurn = async (): Promise<ModelAnswer> => {
      using _turn = await turns.enter(own.caller?.queueKey ?? '', call);
      call.signal.throwIfAborted();
      tally.begin();
      return await send({ ...told, onUsage: tally.use }, call, await library, messages, own.temperature);
    };
    try {
      const answer = await Promise.race([answerInTurn(), call.ended]);
      tally.end('answered');
      return answer;
    } catch (error) {
      tally.end(error instanceof Refusal ? (error.kind ?? 'refused') : 'aborted');
      throw error;
    } finally {
      call.finish();
    }
  };

  return {
    isPresent: true,
    report: options.onFailure,
    ask,
    close: () =>
      closing.abort(new Refusal('overloaded', 'The service is being shut down.', { retryAfter: 5 })),
  };
}

/** One question, with all the HTTP calls for its answer. */
interface Call {
  /** Fires with the reason to stop, from whatever source. */
  readonly signal: AbortSignal;
  /** Rejects when the signal fires. */
  readonly ended: Promise<never>;
  readonly fetch: typeof fetch;
  /** Returns the status of the last unsuccessful answer. */
  failure(): { readonly status: number; readonly retryAfter: number | undefined } | undefined;
  /** Returns the system's error code of a call without an answer. */
  errorCode(): string;
  finish(): void;
}

interface CallOptions extends OpenAiModelOptions {
  readonly onUsage?: CallTally['use'] | undefined;
  /** Counts one call against the budget. @throws Refusal */
  readonly takeCall: () => Promise<void>;
}

function beginCall(options: CallOptions, outer: AbortSignal): Call {
  const stopped = new AbortController();
  const deadline = performance.now() + options.timeout * 1000;
  let failure: { status: number; retryAfter: number | undefined } | undefined;
  let errorCode = 'unknown';
  let isSent = false;
  const stop = (kind: FailureKind, detail: string): void => {
    options.onFailure({ kind, status: failure?.status, detail });
    stopped.abort(failModel(kind, failure?.retryAfter));
  };
  const timer = setTimeout(() => {
    if (!isSent) stopped.abort(tooMany());
    // Between two tries: the failure of the last one says more than the timeout.
    else if (failure === undefined) stop('timeout', `no answer within ${options.timeout} s`);
    else stop(kindOfStatus(failure.status), 'no better answer in time');
  }, options.timeout * 1000);
  const signal = AbortSignal.any([outer, stopped.signal]);
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the caller's own reason
  const end = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  return {
    signal,
    ended: ended.promise,
    failure: () => failure,
    errorCode: () => errorCode,
    finish: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    },
    fetch: createBoundedFetch({
      apiKey: options.apiKey,
      maxBytes: options.maxReplyBytes,
      onSend: async () => {
        isSent = true;
        failure = undefined;
        try {
          await options.takeCall();
        } catch (error) {
          stopped.abort(error);
          throw error;
        }
      },
      onFailure: ({ status, retryAfter, text }) => {
        failure = { status, retryAfter };
        options.onFailure({ kind: kindOfStatus(status), status, detail: redact(text, options.apiKey) });
        return performance.now() + (retryAfter ?? 0) * 1000 < deadline;
      },
      onError: (error) => {
        errorCode = findCode(error);
      },
      onExcess: () => stop('too_large', `more than ${options.maxReplyBytes} bytes`),
    }),
  };
}

async function send(
  options: Omit<CallOptions, 'takeCall'>,
  call: Call,
  { OpenAI }: typeof import('openai'),
  messages: readonly Message[],
  temperature: number,
): Promise<ModelAnswer> {
  // Sets every option, because the library would look for missing ones in the environment.
  const client = new OpenAI({
    ...{ apiKey: options.apiKey, adminAPIKey: null, organization: null, project: null, webhookSecret: null },
    baseURL: options.baseUrl,
    fetch: call.fetch,
    maxRetries: options.retries,
    timeout: options.timeout * 1000,
    logLevel: 'off',
  });
  let completion: unknown;
  try {
    completion = await client.chat.completions.create(
      {
        model: options.model,
        messages: [...messages],
        temperature,
        ...(options.replyFormat === 'text' ? {} : { response_format: { type: options.replyFormat } }),
      },
      { signal: call.signal },
    );
  } catch (error) {
    call.signal.throwIfAborted();
    throw describeFailure(error, call, options);
  }
  const fail = (kind: FailureKind, detail: string): Refusal => {
    options.onFailure({ kind, status: 200, detail });
    return failModel(kind);
  };
  return readCompletion(completion, fail, options.onUsage);
}

/** Describes an error of the library; never passes it on, because it holds the headers of both sides. */
function describeFailure(error: unknown, call: Call, { onFailure }: OpenAiModelOptions): Refusal {
  const failure = call.failure();
  // Logged when it occurred.
  if (failure !== undefined) return failModel(kindOfStatus(failure.status), failure.retryAfter);
  const isAnswered = error instanceof SyntaxError;
  const kind = isAnswered ? 'malformed' : 'connection';
  onFailure({ kind, status: undefined, detail: isAnswered ? 'no JSON' : call.errorCode() });
  return failModel(kind);
}

/** Returns the system's error code, from the innermost cause that has one. */
function findCode(error: unknown): string {
  let code = 'unknown';
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') ({ code } = at);
  }
  return code.slice(0, MOST_DETAIL);
}

function readCompletion(
  completion: unknown,
  fail: (kind: FailureKind, detail: string) => Refusal,
  onUsage: CallTally['use'] = () => {},
): ModelAnswer {
  const parsed = completionSchema.safeParse(completion);
  const { usage } = parsed.data ?? {};
  if (usage) onUsage(usage.prompt_tokens, usage.completion_tokens);
  const [choice] = parsed.data?.choices ?? [];
  if (choice === undefined) throw fail('malformed', 'no choices');
  const { finish_reason: reason, message } = choice;
  if (reason === 'length') throw fail('truncated', 'finish_reason is length');
  const text = message.content ?? '';
  if (text.trim() !== '') return { text };
  if (typeof message.refusal === 'string' && message.refusal !== '') return { refusal: message.refusal };
  if (reason === 'content_filter') return { refusal: "The provider's content filter withheld the answer." };
  throw fail('malformed', 'an empty message');
}

/** Removes the key, which a provider may repeat when it rejects it, possibly with JSON's escapes. */
const redact = (text: string, key: string): string =>
  text.replaceAll('\\', '').replaceAll(key, '…').slice(0, MOST_DETAIL);

const TOO_MANY = 'Too many requests wait for the model.';
const BUSY_SECONDS = 5;

const tooMany = (): Refusal =>
  new Refusal('overloaded', TOO_MANY, {
    retryAfter: BUSY_SECONDS,
    suggestions: ['Send the request again after the seconds in Retry-After.'],
  });
