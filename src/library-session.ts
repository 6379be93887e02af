import type { z } from 'zod';
import { complainAboutPath } from './core/contract/files/paths.ts';
import type { Outcome } from './core/contract/outcome.ts';
import { Refusal } from './core/contract/refusal.ts';
import type { Display, DisplayPart } from './core/contract/sessions/display.ts';
import type {
  CellReport,
  Session,
  SessionFileList,
  SessionPosition,
} from './core/contract/sessions/session.ts';
import type {
  cellRequestSchema,
  SessionPolicy,
  sessionRequestSchema,
} from './core/contract/sessions/session-request.ts';
import type { ExecutionEvent } from './core/contract/stream-event.ts';
import type { RequestRules } from './core/validation/validate-request.ts';
import { readCellRequest, readSessionRequest } from './core/validation/read-session-request.ts';
import { startGeneration } from './executor/start-execution.ts';
import type { OutputListener } from './sandbox/sandbox.ts';
import type { Sessions } from './sessions/sessions.ts';

/**
 * Body of `POST /sessions`.
 * @example
 * const request: SessionRequest = { environment: 'plots', limits: { memory_mb: 512 }, idle_timeout: 600 };
 */
export type SessionRequest = z.input<typeof sessionRequestSchema>;

/**
 * Body of `POST /sessions/{id}/execute`; a string is a cell.
 * @example
 * const request: SessionExecuteRequest = { script: 'sum(values)', limits: { timeout: 5 } };
 */
export type SessionExecuteRequest = string | z.input<typeof cellRequestSchema>;

/**
 * One result of a cell: its forms by media type. Text, base64 where a form is bytes, or a value of JSON.
 * @example
 * for (const { data } of outcome.results) console.log(data['text/plain']);
 */
export interface SessionResult {
  /** True for the value of the last expression. */
  readonly main: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  /** Bytes of the forms that were left out. */
  readonly omitted?: Readonly<Record<string, number>>;
}

/**
 * Members that an execution in a session adds to its outcome.
 * @example
 * const { results, session } = await session.execute('1 + 1');
 */
export interface SessionFacts {
  readonly results: readonly SessionResult[];
  readonly results_truncated: boolean;
  readonly session: SessionPosition;
}

/**
 * An execution in a session: await it for its outcome, or read its events with `for await`; besides those of an
 * execution there is `result`.
 * @example
 * for await (const { event, data } of session.execute('display(1)'))
 *   if (event === 'result') console.log(data.data);
 */
export interface SessionExecution<O> extends Promise<O & SessionFacts> {
  [Symbol.asyncIterator](): AsyncIterableIterator<
    ExecutionEvent<O & SessionFacts> | { readonly event: 'result'; readonly data: SessionResult },
    undefined
  >;
}

export interface SessionExecuteOptions {
  /** Interrupts the execution; it then rejects with the signal's reason. The session goes on. */
  readonly signal?: AbortSignal;
  /** Called with the script's output as it comes; the script waits while a returned promise is pending. */
  readonly onOutput?: OutputListener;
}

/**
 * A jail that is kept: names, files and processes of one execution are there for the next. Rejects with a Refusal
 * `session_lost` once it has ended, with the reason as its `kind`; `busy` while something else runs.
 * @example
 * await using session = await brig.openSession();
 * await session.execute('x = 20');
 * const { results } = await session.execute('x + 1');
 */
export interface BrigSession<O> extends AsyncDisposable {
  readonly id: string;
  execute(request: SessionExecuteRequest, options?: SessionExecuteOptions): SessionExecution<O>;
  /** Interrupts what runs, like Ctrl-C. */
  interrupt(): void;
  /** Returns the session's state. @throws Refusal `session_lost` */
  describe(): Session;
  listFiles(): Promise<SessionFileList>;
  /** Returns the bytes of a file of the working directory. Rejects with a Refusal `not_found` without one. */
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  writeFile(path: string, content: string | Uint8Array<ArrayBuffer>): Promise<void>;
  /** Ends it, and what runs in it; resolves when its jail is gone. */
  close(): Promise<void>;
}

/** The one caller of a service in this process. */
const OWNER = '';

export interface LibraryParts<O> {
  readonly sessions: Sessions;
  readonly rules: RequestRules;
  readonly times: SessionPolicy;
  readonly writeRequest: (request: unknown) => string;
  readonly toOutcome: (outcome: Outcome) => O;
}

/** Opens a session of this process. @throws Refusal */
export async function openLibrarySession<O>(
  { sessions, rules, times, writeRequest, toOutcome }: LibraryParts<O>,
  request: SessionRequest,
): Promise<BrigSession<O>> {
  const order = readSessionRequest(writeRequest(request), { ...rules, sessions: times });
  const { id } = await sessions.open(order, { caller: { queueKey: OWNER } });
  const close = async (): Promise<void> => {
    try {
      await sessions.close(OWNER, id);
    } catch (error) {
      // It has ended before.
      if (!(error instanceof Refusal) || error.category !== 'session_lost') throw error;
    }
  };
  return {
    id,
    execute: (asked, options) => {
      const body = typeof asked === 'string' ? { script: asked } : asked;
      const execution = startGeneration(async ({ onProgress, ...own }) => {
        const cell = readCellRequest(writeRequest(body), rules);
        const outcome = await sessions.execute(OWNER, id, cell, { ...own, onResult: onProgress });
        const { cell: report, ...plain } = outcome;
        return { ...toOutcome(plain), ...toFacts(report) };
      }, options);
      const iterate = execution[Symbol.asyncIterator].bind(execution);
      return Object.assign(execution, {
        [Symbol.asyncIterator]: () => showResults(iterate()),
      }) as SessionExecution<O>;
    },
    interrupt: () => void sessions.interrupt(OWNER, id),
    describe: () => sessions.get(OWNER, id),
    listFiles: () => sessions.listFiles(OWNER, id),
    readFile: async (path) => {
      const { bytes } = await sessions.readFile(OWNER, id, requirePath(path));
      return new Uint8Array(bytes);
    },
    writeFile: (path, content) =>
      sessions.writeFile(OWNER, id, {
        path: requirePath(path),
        bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content,
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Raw = { readonly event: string; readonly data: unknown };

/** Turns the results of a stream into values. */
function showResults<E extends Raw>(
  events: AsyncIterableIterator<E, undefined>,
): AsyncIterableIterator<E, undefined> {
  const own: AsyncIterableIterator<E, undefined> = {
    next: async () => {
      const step = await events.next();
      if (step.done === true || step.value.event !== 'result') return step;
      return { done: false, value: { ...step.value, data: toResult(step.value.data as Display) } };
    },
    return: async () => (await events.return?.()) ?? { done: true, value: undefined },
    [Symbol.asyncIterator]: () => own,
  };
  return own;
}

function toFacts(cell: CellReport | undefined): SessionFacts {
  if (cell === undefined) throw new Error('an execution in a session has a report of it');
  const { results, isTruncated, session } = cell;
  return { results: results.map(toResult), results_truncated: isTruncated, session };
}

const toResult = ({ main, data, omitted }: Display): SessionResult => ({
  main,
  data: Object.fromEntries(Object.entries(data).map(([type, part]) => [type, toValue(part)])),
  ...(Object.keys(omitted).length > 0 && { omitted }),
});

const toValue = (part: DisplayPart): unknown =>
  part.kind === 'text' ? part.text : (JSON.parse(part.json) as unknown);

function requirePath(path: string): string {
  const complaint = complainAboutPath(path);
  if (complaint === undefined) return path;
  throw new Refusal('invalid_input', `The path ${JSON.stringify(path)} ${complaint}.`);
}
