import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { RuntimeName } from '../../src/core/contract/runtimes.ts';
import type { AnswerBody } from '../../test/support/service.ts';

export interface SoakRequest {
  /** `POST` by default. */
  readonly method?: string;
  /** `/execute` by default. */
  readonly path?: string;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: OutgoingHttpHeaders;
  readonly signal?: AbortSignal;
  /** Key of the service that it uses: that of all kinds by default. */
  readonly key?: KeyUse | 'main';
}

export interface SoakAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed body of a JSON answer, else an empty object. */
  readonly body: AnswerBody;
}

/** @throws where no whole answer comes. */
export type Send = (request: SoakRequest) => Promise<SoakAnswer>;

/** Keys of a soaked service beside the one of all kinds: one with a rate, one with a share and ceilings, one that is none. */
export type KeyUse = 'rated' | 'narrow' | 'wrong';

/** Requirement on the service for a kind. */
export type Need = RuntimeName | 'packages' | 'builds' | 'keys';

/** One turn of a kind. */
export interface Turn {
  /** Counts all turns of a load. */
  readonly index: number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly send: Send;
}

/** One way for a request to go. */
export interface Kind {
  readonly name: string;
  /** Frequency, compared with the others. */
  readonly weight: number;
  readonly needs?: readonly Need[];
  /**
   * Sends a request, or a few that belong together, and gives what is wrong with the answers: nothing where all is well.
   * @throws where no answer comes, which is wrong as well.
   */
  readonly run: (turn: Turn) => Promise<readonly unknown[]>;
}
