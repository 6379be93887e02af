import type { Caller } from '../core/contract/caller.ts';

/** One turn of a conversation with a model. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface AskOptions {
  /** From 0, which is deterministic, to 2. */
  readonly temperature: number;
  /** Callers take turns, and each key has a share of the day's calls. */
  readonly caller?: Pick<Caller, 'queueKey' | 'key'> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Id of the request, for the log. */
  readonly requestId?: string | undefined;
  /** Trace context of the request (W3C). */
  readonly traceparent?: string | undefined;
}

/** Text from the model, never empty, or its reason to give none. */
export type ModelAnswer = { readonly text: string } | { readonly refusal: string };

/** A model that answers; its callers know neither its provider nor its place. */
export interface Model {
  /** False when no model is configured; `ask` then refuses. */
  readonly isPresent: boolean;
  /**
   * Asks the model.
   * @throws Refusal `bad_gateway` with the kind of failure, `overloaded` when no call is left, `forbidden` when there
   * is no model; otherwise the reason of the aborted signal.
   */
  ask(messages: readonly Message[], options: AskOptions): Promise<ModelAnswer>;
  /** Logs why an answer is of no use. */
  report(failure: ModelFailure): void;
  /** Ends pending calls, which reject with a Refusal `overloaded`. */
  close(): void;
}

/** A failed call, for the log; holds neither the key nor any header. */
export interface ModelFailure {
  readonly kind: string;
  /** HTTP status, if there was an answer. */
  readonly status: number | undefined;
  /** Beginning of the provider's message, or the system's error code. */
  readonly detail: string;
  /** Id of the request that made the call. */
  readonly requestId?: string | undefined;
}
