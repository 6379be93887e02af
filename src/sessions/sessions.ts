import type { Caller } from '../core/contract/caller.ts';
import type { InputFile } from '../core/contract/request.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import type { ReturnedFile } from '../core/contract/files/returned-files.ts';
import type {
  ResultEvent,
  Session,
  SessionFileList,
  SourceReport,
} from '../core/contract/sessions/session.ts';
import type { CellRequest, SessionRequest } from '../core/contract/sessions/session-request.ts';
import type { SessionState } from '../core/contract/sessions/session-state.ts';
import type { ExecuteOptions } from '../executor/executor.ts';

export interface OpenOptions extends Pick<ExecuteOptions, 'signal' | 'requestId' | 'traceparent'> {
  readonly caller: Caller;
}

export interface CellOptions extends ExecuteOptions {
  /** Called with each result as it comes. */
  readonly onResult?: ((event: ResultEvent) => void) | undefined;
}

/**
 * Sessions: jails that one caller keeps. Every call is for one owner (`Caller.queueKey`).
 * @throws Refusal `not_found` for a session that the owner never had; `session_lost` for one that has ended; `busy`
 * where it runs something else.
 */
export interface Sessions {
  /** @throws Refusal `overloaded` when there is no place, and as an execution. */
  open(request: SessionRequest, options: OpenOptions): Promise<Session>;
  get(owner: string, id: string): Session;
  /** Returns the owner's sessions, the newest first. */
  list(owner: string): Session[];
  /** Runs something; `Outcome.cell` is set. A caller that goes away interrupts it. */
  execute(owner: string, id: string, request: CellRequest, options?: CellOptions): Promise<Outcome>;
  /** Interrupts what runs, if anything does; returns the session as it is then. */
  interrupt(owner: string, id: string): Session;
  /** Looks at a source that is being typed, for a prompt; runs nothing but attributes that have code. */
  inspect(owner: string, id: string, source: string): Promise<SourceReport>;
  listFiles(owner: string, id: string): Promise<SessionFileList>;
  /** @throws Refusal `not_found` when there is no such file; `payload_too_large` when it is over the cap. */
  readFile(owner: string, id: string, path: string): Promise<ReturnedFile>;
  writeFile(owner: string, id: string, file: InputFile): Promise<void>;
  /** Ends a session; returns it as it was. Resolves when its jail is gone. */
  close(owner: string, id: string): Promise<Session>;
  /** Returns the number of sessions in each state that is not final. */
  counts(): Readonly<Record<SessionState, number>>;
  /** Ends all of them, and refuses new ones. */
  shutDown(): Promise<void>;
}
