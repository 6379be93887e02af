import type { Caller } from '../core/caller.ts';

/** One turn of a conversation with a model. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface AskOptions {
  /** From 0, which is always the same, to 2. */
  readonly temperature: number;
  /** Who asks: callers take turns, and those with a key have a share of the day's calls. */
  readonly caller?: Pick<Caller, 'line' | 'key'> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of the request that asks, for the log. */
  readonly requestId?: string | undefined;
}

/** What a model said: text, never empty, or why it says nothing. */
export type ModelAnswer = { readonly text: string } | { readonly refusal: string };

/** A model that answers; where and how is not for those to know who ask. */
export interface Model {
  /** Whether there is one: otherwise `ask` refuses. */
  readonly isPresent: boolean;
  /**
   * @throws Refusal `bad_gateway` with the kind of failure, `overloaded` where no call is left, `forbidden` where there
   *   is no model here; the signal's reason.
   */
  ask(messages: readonly Message[], options: AskOptions): Promise<ModelAnswer>;
  /** Tells the log why what it answered is of no use. */
  report(failure: ModelFailure): void;
  /** Ends what is asked: it rejects with a Refusal `overloaded`. */
  close(): void;
}

/** A call that failed, as the log has it; holds neither the key nor anything of the headers. */
export interface ModelFailure {
  readonly kind: string;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** What the provider said, cut; or the system's name for what went wrong. */
  readonly detail: string;
  /** Of the request that asked. */
  readonly requestId?: string | undefined;
}
